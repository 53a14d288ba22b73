/**
 * configuration: the settings of a site as a YAML file: reading it, with a place for every fault; applying it, at start (`FOYER_CONFIG`) or by
 * `foyer apply`; exporting it. What the settings mean, how they are checked and stored, belongs to the libs whose settings they are.
 */
export { Configuration, SettingsFileError, type ApplyOptions } from './configuration.js';
export { ConfigurationAtStart } from './configuration-at-start.js';
export { ConfigurationModule } from './configuration.module.js';
export type { LocatedFault } from './settings-file.js';
