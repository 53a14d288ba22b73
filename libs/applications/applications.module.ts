import { Module } from '@nestjs/common';
import { ApplicationsController } from './applications.controller.js';
import { Applications } from './applications.js';
import { ApplicationsSection } from './applications.section.js';

/** Applications: in memory for logins, and for administrators. */
@Module({
  controllers: [ApplicationsController],
  providers: [ApplicationsSection, Applications],
  exports: [ApplicationsSection, Applications],
})
export class ApplicationsModule {}
