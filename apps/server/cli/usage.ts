export const usage = `Usage: foyer COMMAND

  apply FILE [--dry-run] [--prune]   Make the settings what the YAML file says.
                                     --dry-run  only show what would change (exit code 2 if something would)
                                     --prune    remove what the file does not name, in the sections that it has
  export                             Write the settings as YAML, without secrets.
  keys rotate                        Publish new signing keys; they sign when every cache knows them.
  theme init DIR [--theme NAME]      Copy the built-in pages, styles and texts to DIR/NAME, to be changed there (NAME: foyer).
  theme preview [--theme NAME] [--port N]
                                     Serve every page with sample data on http://127.0.0.1:8090, from FOYER_THEME_DIR.
  help                               Show this.

The database is the one that the environment names (FOYER_DATABASE_URL, FOYER_DATA_DIR); a server may be running on it.
Exit codes: 0 done, 2 --dry-run found differences, 1 not valid or failed.
`;
