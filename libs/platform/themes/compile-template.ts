import Handlebars from 'handlebars';

/** The only helpers that templates know: those of Handlebars that show data, and ours for texts, times, lists and addresses. None runs code. */
const knownHelpers = { t: true, time: true, list: true, asset: true, log: false, lookup: false };

const engine = Handlebars.create();
engine.unregisterHelper('log');
engine.unregisterHelper('lookup');

/** Finds `{{{value}}}` and `{{&value}}`: what comes from identity providers and from people is escaped, whoever wrote the template. */
class EscapeCheck extends Handlebars.Visitor {
  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    if (!mustache.escaped) throw new Error(`Line ${mustache.loc.start.line}: values are always escaped; use {{…}}.`);
    super.MustacheStatement(mustache);
  }
}

/** @throws Error when the source is no template, or uses what templates may not */
export function compileTemplate(source: string): HandlebarsTemplateDelegate {
  const tree = Handlebars.parse(source);
  new EscapeCheck().accept(tree);
  const options = { knownHelpers, knownHelpersOnly: true };
  // Compiling is put off until the first use; this finds now what is wrong.
  Handlebars.precompile(tree, options);
  return engine.compile(tree, options);
}
