/** The `code` that Node, a driver or a library put on an error, such as `ENOENT` or `ER_DUP_ENTRY`; empty when there is none. */
export function errorCode(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
