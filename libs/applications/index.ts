/**
 * applications: who may ask Foyer for a login: storage, validation, the admin API for them. It does not speak their protocols (protocols).
 */
export type { Application, ApplicationSettings, OidcClientSettings } from './settings.js';
