// Foyer's server with a Redis: the built parts put together as `dist/apps/server/main.js` does, whose settings refuse FOYER_REDIS_URL as long as jobs
// do not run on it.
const built = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { serve } = await built('apps/server/serve.js');
const { createLogger, loadSettings } = await built('libs/platform/index.js');
const { redisUrl } = await built('libs/platform/settings/redis-url.js');

const settings = { ...loadSettings(process.env), redis: redisUrl(process.env.CLUSTER_REDIS_URL ?? '') };
await serve(settings, createLogger(settings));
