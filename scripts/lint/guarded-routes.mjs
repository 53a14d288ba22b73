// The rule `foyer/guarded-routes`: every route handler says who may call it, or that everybody may. What is not said is a mistake, not a default.

const routes = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'All', 'Head', 'Options', 'Search', 'Sse', 'RequestMapping']);

/** Decorators that guard when they name at least one guard or scope. */
const guards = new Set(['UseGuards', 'RequireScope']);

export const guardedRoutes = {
  create(context) {
    // A decorator counts by the name that it was exported under, whatever this file calls it.
    const exportedNames = new Map();
    const nameOf = ({ expression }) => {
      const callee = expression.type === 'CallExpression' ? expression.callee : expression;
      if (callee.type === 'MemberExpression') return callee.property.name;
      return exportedNames.get(callee.name) ?? callee.name;
    };
    const answersWho = (decorator) => {
      const name = nameOf(decorator);
      return name === 'Public' || (guards.has(name) && decorator.expression.arguments?.length > 0);
    };
    const checkClass = (node) => {
      if ((node.decorators ?? []).some(answersWho)) return;
      for (const member of node.body.body) {
        const decorators = member.decorators ?? [];
        if (!decorators.some((decorator) => routes.has(nameOf(decorator))) || decorators.some(answersWho)) continue;
        const message = 'This route is neither guarded (@RequireScope(…), @UseGuards(…)) nor explicitly @Public(), here or on its class.';
        context.report({ node: member.key, message });
      }
    };
    return {
      ImportSpecifier(node) {
        exportedNames.set(node.local.name, node.imported.name ?? node.imported.value);
      },
      ClassDeclaration: checkClass,
      ClassExpression: checkClass,
    };
  },
};
