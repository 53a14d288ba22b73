/**
 * platform: what every other lib stands on: settings, database and migrations, short-lived state, secrets at rest, errors, HTTP edge,
 * outgoing requests, themes, logs and metrics. It knows nothing of logins, accounts or protocols, and imports no other lib.
 */
export type { Attributes, AttributeValue } from './attributes.js';
export type { RedisAddress } from './redis/redis-address.js';
export type { RedisClient } from './redis/redis-client.js';
export { RedisConnections, redisPrefix } from './redis/redis-connections.js';
export { redisUrl } from './settings/redis-url.js';
export { aheadSeconds, CLOCK, newId, systemClock, type Clock } from './clock.js';
export { FoyerError, httpStatus, invalidInput, type ErrorKind, type InputFault } from './errors/foyer-error.js';
export { SETTINGS, type Settings } from './settings/settings.js';
export { type ConnectionLimits } from './database/connections.js';
export * from './database/columns.js';
export { databaseFault } from './database/database-faults.js';
export { afterCommit, Database, isUniqueViolation, type Transaction } from './database/database.js';
export { databaseTime, execute, forShare, forUpdate, places } from './database/execute.js';
export { Accounts1764000000300 as AccountsMigration } from './database/migrations/accounts.js';
export { dataSourceOptions, dialectOf, type Dialect, type Schema } from './database/options.js';
export { SHORT_LIVED_STATE, type ShortLivedState, type StateEntry, type StateWrite } from './state/short-lived-state.js';
export { pooledRandomBytes } from './crypto/random-bytes.js';
export { Vault } from './crypto/vault.js';
export { SqliteState } from './state/sqlite-state.js';
export { collectFaults, parseInput } from './validation/input.js';
export { itemPath, keyPath } from './validation/path.js';
export { loadSettings, SettingsError, themeDirIn } from './settings/load.js';
export { settingsTable, type SettingsRow } from './settings/declaration.js';
export { contains, isLoopbackHost, networks } from './outgoing/addresses.js';
export { errorCode } from './errors/error-code.js';
export { textIn, wantedLanguages } from './themes/languages.js';
export { pagePolicy } from './themes/page-policy.js';
export type { PageSample } from './themes/page-sample.js';
export { builtInThemes, defaultTheme, ThemeFiles, themeRoots } from './themes/theme-files.js';
export { themeAsset, themeAssetPrefix } from './themes/theme-asset.js';
export { loggedProblems, ThemeProblems, type ThemeProblem } from './themes/theme-problems.js';
export { ThemeRenderer, type Reader, type RenderedPage } from './themes/theme-renderer.js';
export { SettingsRevision, SettingsRevisionRow, type RevisionListener } from './database/settings-revision.js';
export * from './site-settings/fields.js';
export { AlternativesField } from './site-settings/alternatives-field.js';
export { PatternField } from './site-settings/pattern-field.js';
export { compilePattern, compilePatterns, maxPatternLength, patternProblem, type Pattern, type PatternSet } from './validation/pattern.js';
export { isOfNewerVersion } from './site-settings/newer-settings.js';
export { fromStored, toPlain } from './site-settings/plain.js';
export { SettingsMemory, type StoredIdentity } from './site-settings/settings-memory.js';
export { NamedSettingsRow, SettingsObjectRow } from './site-settings/settings-object-row.js';
export { settingsColumns } from './site-settings/settings-table.js';
export {
  SETTINGS_SECTIONS,
  SiteSettings,
  type Authorize,
  type SectionInput,
  type SettingsChange,
  type SettingsStates,
} from './site-settings/site-settings.js';
export { TableSection } from './site-settings/table-section.js';
export type { FieldDifference } from './site-settings/difference.js';
export { mask, masked } from './site-settings/secrets.js';
export { SiteSettingsModule, type SiteSettingsOptions } from './site-settings/site-settings.module.js';
export { mergePatchBody, SettingsObjectFacts, settingsView } from './site-settings/view.js';
export type {
  ConfigurableSection,
  SecretField,
  SettingsObject,
  SettingsReference,
  StoredObject,
  UniqueValue,
} from './site-settings/section.js';
export { Repeating, type Pace } from './background/repeating.js';
export { Seldom } from './background/seldom.js';
export { Outgoing, type Fetch } from './outgoing/outgoing.js';
export { OutgoingPolicy } from './outgoing/policy.js';
export { createLogger, LOGGER, type Logger } from './observability/logger.js';
export { Metrics, type Observation } from './observability/metrics.js';
export { NestLogger } from './observability/nest-logger.js';
export { Readiness } from './observability/readiness.js';
export { traceIdOf, traceIdOfLogin, traceparentOfLogin } from './observability/traceparent.js';
export { attributeName, isReservedAttribute, isReservedName, objectName } from './site-settings/names.js';
export { ClientAddresses } from './http/client-address.js';
export { Cookies, type BrowserCookie } from './http/cookies.js';
export { configureEdge, formBody, jsonBody, securityHeaders } from './http/edge.js';
export { ApiListQuery, everyRow, listPage, mapPage, type ListDeclaration, type Page } from './http/list-page.js';
export { filterBy, parseListQuery, type FilterableField, type ListFields, type ListQuery, type SortableField } from './http/list-query.js';
export { OpenAnswers } from './http/open-answers.js';
export { PageOf } from './http/page-of.js';
export { mergePatch } from './http/merge-patch.js';
export { etagOf, IfMatch, precondition, type Precondition } from './http/precondition.js';
export { toProblem, type Problem } from './http/problem.js';
export { ProblemFilter } from './http/problem-filter.js';
export { Public } from './http/public.js';
export { RateLimits } from './http/rate-limits.js';
export { PlatformModule, type PlatformOptions } from './platform.module.js';
export { runProcess } from './process/run-process.js';
export { stopOnSignals } from './process/stop-on-signals.js';
export { StateSweeper, type ExpiryWatcher } from './state/state-sweeper.js';
