/**
 * The Content-Security-Policy of pages: styles, pictures and fonts of this origin, no scripts, in nobody's frame.
 * @param formTargets where forms may lead besides this origin; `'anywhere'` for a form that ends at another site by redirects: browsers hold
 * `form-action` against every hop, and nobody knows all of them beforehand
 */
export function pagePolicy(formTargets: readonly string[] | 'anywhere'): string {
  const directives = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const forms = formTargets === 'anywhere' ? [] : [`form-action ${["'self'", ...formTargets].join(' ')}`];
  return [...directives, ...forms].join('; ');
}
