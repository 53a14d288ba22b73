// The rule `foyer/transactions-in-platform`: on SQLite all callers share one connection, where two transactions of TypeORM become one. So
// platform's `Database.transaction` is the only way to open one, and nobody else asks TypeORM for a transaction or a query runner.

const forbidden = new Set(['createQueryRunner', 'startTransaction', 'commitTransaction', 'rollbackTransaction']);

/** TypeORM's types that have a `transaction` method, and what their instances are usually called. */
const openers = /^(DataSource|EntityManager|QueryRunner)$/;
const openerNames = /(dataSource|manager|queryRunner|connection)$/i;

export const transactionsInPlatform = {
  create(context) {
    if (/\/libs\/platform\/database\/[^/]+\.ts$/.test(context.filename.replaceAll('\\', '/'))) return {};
    const typedAsOpener = new Set();
    const noteType = (id, annotation) => {
      const type = annotation?.typeAnnotation;
      if (type?.type === 'TSTypeReference' && openers.test(type.typeName.name ?? '')) typedAsOpener.add(id.name);
    };
    const suspects = [];
    return {
      Identifier: (node) => noteType(node, node.typeAnnotation),
      PropertyDefinition: (node) => noteType(node.key, node.typeAnnotation),
      MemberExpression(node) {
        const method = node.computed ? node.property.value : node.property.name;
        if (forbidden.has(method) || method === 'transaction') suspects.push({ node, method });
      },
      // Only at the end is every declaration of the file known, wherever it stands.
      'Program:exit'() {
        for (const { node, method } of suspects) {
          const owner = node.object.type === 'MemberExpression' ? node.object.property.name : node.object.name;
          if (method === 'transaction' && !openerNames.test(owner ?? '') && !typedAsOpener.has(owner)) continue;
          context.report({
            node: node.property,
            message: `Open transactions with platform's Database.transaction, not with TypeORM's ${method}.`,
          });
        }
      },
    };
  },
};
