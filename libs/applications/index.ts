/**
 * applications: who may ask Foyer for a login: storage, validation, the admin API for them. It does not speak their protocols (protocols).
 */
export type { Application, ApplicationSettings, OidcClientSettings } from './settings.js';
export { ApplicationDto } from './application.dto.js';
export { ApplicationRow } from './application.row.js';
export { Applications } from './applications.js';
export { ApplicationsSection } from './applications.section.js';
export { ApplicationsModule } from './applications.module.js';
