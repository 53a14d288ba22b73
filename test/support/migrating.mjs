// A process that brings databases up to date when it is told to. It loads before, so that several of them begin at the same moment.
const { Database } = await import(new URL('libs/platform/index.js', process.argv[2]).href);
const { schema } = await import(new URL('ormconfig.js', process.argv[2]).href);

async function migrate(url) {
  const database = await Database.connect(url, schema);
  try {
    return await database.migrate();
  } finally {
    await database.close();
  }
}

process.on('message', (url) => {
  migrate(url).then(
    (ran) => process.send({ ran }),
    (error) => process.send({ error: error.stack }),
  );
});
process.send('ready');
