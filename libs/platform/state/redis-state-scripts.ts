import { redisPrefix } from '../redis/redis-connections.js';
import { RedisScript } from '../redis/redis-script.js';

/**
 * How state lies in Redis, every key beginning with `{foyer}:`.
 *
 * - `state:KIND:ID` is a text: `VERSION EXPIRY NAMES\nVALUE`. Names are JSON, or nothing: the groups (`g`), the alias (`a`), and whether the entry
 *   is kept after it expired until a sweep has returned it (`k`).
 * - `alias:KIND:ALIAS` holds the id.
 * - `group:NAME` is a sorted set of `KIND:ID` by expiry.
 * - `expiring` is a sorted set of the entries that are kept, by expiry.
 * - `count:KIND:ID` is `COUNT EXPIRY`.
 *
 * A kind contains no colon. What points to an entry may outlive it: readers look at the entry, which names whoever may point to it.
 */
export const redisKey = {
  entry: (kind: string, id: string): string => `${redisPrefix}state:${kind}:${id}`,
  alias: (kind: string, alias: string): string => `${redisPrefix}alias:${kind}:${alias}`,
  group: (group: string): string => `${redisPrefix}group:${group}`,
  expiring: `${redisPrefix}expiring`,
  count: (kind: string, id: string): string => `${redisPrefix}count:${kind}:${id}`,
};

/** Milliseconds for which Redis keeps an entry after it expired: for askers whose clocks are behind. */
export const slackMs = 60_000;

const shared = `
local function key(what, ...) return '${redisPrefix}' .. what .. ':' .. table.concat({...}, ':') end

-- What another version of Foyer, or somebody else, wrote there is an entry that has expired and has no names.
local function split(raw)
  local version, expires, names = string.match(raw, '^(%d+) (%d+) ([^\\n]*)\\n')
  return tonumber(version) or 0, tonumber(expires) or 0, names or ''
end

local function decoded(names)
  if names == '' then return {} end
  local isJson, by = pcall(cjson.decode, names)
  if not isJson or type(by) ~= 'table' then return {} end
  return { g = type(by.g) == 'table' and by.g or nil, a = type(by.a) == 'string' and by.a or nil, k = by.k }
end

local function forget(kind, id, by)
  if by.a and redis.call('GET', key('alias', kind, by.a)) == id then redis.call('DEL', key('alias', kind, by.a)) end
  for _, group in ipairs(by.g or {}) do redis.call('ZREM', key('group', group), kind .. ':' .. id) end
  if by.k then redis.call('ZREM', '${redisKey.expiring}', kind .. ':' .. id) end
end

local function remember(kind, id, by, expires, ttl, now)
  if by.a then redis.call('SET', key('alias', kind, by.a), id, 'PX', ttl) end
  for _, group in ipairs(by.g or {}) do
    local set = key('group', group)
    redis.call('ZREMRANGEBYSCORE', set, '-inf', string.format('%.0f', now - ${slackMs}))
    redis.call('ZADD', set, expires, kind .. ':' .. id)
    if redis.call('PTTL', set) < tonumber(ttl) then redis.call('PEXPIRE', set, ttl) end
  end
  if by.k then redis.call('ZADD', '${redisKey.expiring}', expires, kind .. ':' .. id) end
end

local function inGroup(names, group)
  for _, one in ipairs(decoded(names).g or {}) do
    if one == group then return true end
  end
  return false
end
`;

const script = (lua: string): RedisScript => new RedisScript(shared + lua);

export const redisStateScripts = {
  /** Key: the entry. Arguments: kind, id, names, value, expiry, milliseconds to keep it, now, whether an entry that lives is left as it is. Returns 1; 0 when one lives; -1 when the alias is another's. */
  put: script(`
    local kind, id, names, value, expires, ttl, now, isNew = unpack(ARGV)
    now = tonumber(now)
    local raw, version, before, by = redis.call('GET', KEYS[1]), 0, names, decoded(names)
    if raw then
      local old, ends, had = split(raw)
      if isNew == '1' and ends > now then return 0 end
      if isNew ~= '1' then version = old end
      before = had
    end
    local holder = by.a and redis.call('GET', key('alias', kind, by.a))
    if holder and holder ~= id then
      local other = redis.call('GET', key('state', kind, holder))
      if other then
        local _, ends, has = split(other)
        if ends > now and decoded(has).a == by.a then return -1 end
      end
    end
    if before ~= names then forget(kind, id, decoded(before)) end
    redis.call('SET', KEYS[1], string.format('%d', version + 1) .. ' ' .. expires .. ' ' .. names .. '\\n' .. value, 'PX', ttl)
    if names ~= '' then remember(kind, id, by, expires, ttl, now) end
    return 1`),

  /** Key: the entry. Arguments: kind, id, version, value, expiry, milliseconds to keep it, now. Returns whether the version was still that. */
  replace: script(`
    local kind, id, version, value, expires, ttl, now = unpack(ARGV)
    local raw = redis.call('GET', KEYS[1])
    if not raw then return 0 end
    local current, ends, names = split(raw)
    if current ~= tonumber(version) or ends <= tonumber(now) then return 0 end
    redis.call('SET', KEYS[1], string.format('%d', current + 1) .. ' ' .. expires .. ' ' .. names .. '\\n' .. value, 'PX', ttl)
    if names ~= '' and ends ~= tonumber(expires) then remember(kind, id, decoded(names), expires, ttl, tonumber(now)) end
    return 1`),

  /** Key: the entry. Arguments: kind, id. Returns what it was. */
  take: script(`
    local raw = redis.call('GET', KEYS[1])
    if not raw then return false end
    local _, _, names = split(raw)
    redis.call('DEL', KEYS[1])
    if names ~= '' then forget(ARGV[1], ARGV[2], decoded(names)) end
    return raw`),

  /** Key: the alias. Arguments: kind, alias. Returns the id and the entry. */
  getByAlias: script(`
    local id = redis.call('GET', KEYS[1])
    local raw = id and redis.call('GET', key('state', ARGV[1], id))
    if not raw then return false end
    local _, _, names = split(raw)
    if decoded(names).a ~= ARGV[2] then return false end
    return {id, raw}`),

  /** Key: the group. Arguments: kind, group, now, limit. Returns ids and entries in turn. */
  listGroup: script(`
    local kind, group, now, limit = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
    local found, page, offset = {}, 100, 0
    while true do
      local members = redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. ARGV[3], 'LIMIT', offset, page)
      for _, member in ipairs(members) do
        if string.sub(member, 1, #kind + 1) == kind .. ':' then
          local id = string.sub(member, #kind + 2)
          local raw = redis.call('GET', key('state', member))
          if raw then
            local _, ends, names = split(raw)
            if ends > now and inGroup(names, group) then
              found[#found + 1] = id
              found[#found + 1] = raw
              if #found >= 2 * limit then return found end
            end
          end
        end
      end
      if #members < page then return found end
      offset = offset + page
    end`),

  /** Key: the group. Arguments: group, limit. Removes at most as many of its entries; returns how many names it had gone through. */
  removeGroup: script(`
    local members = redis.call('ZRANGE', KEYS[1], 0, tonumber(ARGV[2]) - 1)
    for _, member in ipairs(members) do
      local kind, id = string.match(member, '^([^:]*):(.*)$')
      local raw = redis.call('GET', key('state', member))
      if raw then
        local _, _, names = split(raw)
        if inGroup(names, ARGV[1]) then
          redis.call('DEL', key('state', member))
          forget(kind, id, decoded(names))
        end
      end
      redis.call('ZREM', KEYS[1], member)
    end
    return #members`),

  /** Key: the counter. Arguments: now, end of a window that begins now, milliseconds to keep it. Returns count and end. */
  count: script(`
    local raw = redis.call('GET', KEYS[1])
    local count, ends = string.match(raw or '', '^(%d+) (%d+)$')
    if not ends or tonumber(ends) <= tonumber(ARGV[1]) then
      redis.call('SET', KEYS[1], '1 ' .. ARGV[2], 'PX', ARGV[3])
      return {'1', ARGV[2]}
    end
    count = string.format('%d', tonumber(count) + 1)
    redis.call('SET', KEYS[1], count .. ' ' .. ends, 'KEEPTTL')
    return {count, ends}`),

  /** Key: the set of entries that are kept. Arguments: now, limit. Returns kinds, ids and entries in turn: what it took out, with empty entries for what is gone already. */
  sweep: script(`
    local taken = {}
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])) do
      local kind, id = string.match(member, '^([^:]*):(.*)$')
      local raw = redis.call('GET', key('state', member)) or ''
      redis.call('ZREM', KEYS[1], member)
      if raw ~= '' then
        local _, _, names = split(raw)
        redis.call('DEL', key('state', member))
        forget(kind, id, decoded(names))
      end
      taken[#taken + 1] = kind
      taken[#taken + 1] = id
      taken[#taken + 1] = raw
    end
    return taken`),
};
