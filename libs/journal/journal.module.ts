import { Module } from '@nestjs/common';
import { JournalController } from './journal.controller.js';
import { JournalRetention } from './journal-retention.js';
import { Journal } from './journal.js';

/** The journal: written by provisioning, in whatever process. */
@Module({ providers: [Journal, JournalRetention], exports: [Journal] })
export class JournalModule {}

/** The admin API for the journal. */
@Module({ controllers: [JournalController] })
export class JournalAdministrationModule {}
