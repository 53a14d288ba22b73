import { Module } from '@nestjs/common';
import { JournalController } from './journal.controller.js';
import { JournalRetention } from './journal-retention.js';
import { Journal } from './journal.js';

/** The journal: written by provisioning, read by administrators. */
@Module({ controllers: [JournalController], providers: [Journal, JournalRetention], exports: [Journal] })
export class JournalModule {}
