const plainKey = /^[A-Za-z_$][\w$-]*$/;

/** The path of a key below `parent`: `oidc` + `issuer` is `oidc.issuer`; a key that would read ambiguously is quoted: `attributes["a.b"]`. */
export function keyPath(parent: string, key: string): string {
  if (!plainKey.test(key)) return `${parent}[${JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** The path of an item below `parent`: `redirectUris[1]`. */
export const itemPath = (parent: string, index: number): string => `${parent}[${index}]`;
