const secretName = /passw|secret|token|authorization|cookie|assertion|privatekey|verifier|^jwks?$/i;
const maxDepth = 4;
const hidden = '[redacted]';

/** What is logged, without what nobody may read in a log: values whose name says that they are secret, at any depth that is logged. */
export function redacted(fields: Record<string, unknown>): Record<string, unknown> {
  return redactedObject(fields, 1);
}

function redactedObject(fields: object, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    result[name] = secretName.test(name) && value !== undefined && value !== null ? hidden : redactedValue(value, depth);
  }
  return result;
}

function redactedValue(value: unknown, depth: number): unknown {
  // Errors have their own serializer.
  if (typeof value !== 'object' || value === null || isError(value)) return value;
  if (depth >= maxDepth) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, depth + 1));
  return redactedObject(value, depth + 1);
}

const isError = (value: object): value is Error => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

/** An error and its causes as JSON: no properties besides `code`, because what libraries attach to errors (requests, tokens) is not for a log. */
export function describedError(error: unknown, depth = 1): unknown {
  if (typeof error !== 'object' || error === null || !isError(error)) return typeof error === 'object' ? redactedValue(error, 2) : error;
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    ...('code' in error ? { code: error.code } : {}),
    stack,
    ...(cause === undefined || depth === 5 ? {} : { cause: describedError(cause, depth + 1) }),
  };
}
