export const usage = `Usage: foyer COMMAND

  apply FILE [--dry-run] [--prune]   Make the settings what the YAML file says.
                                     --dry-run  only show what would change (exit code 2 if something would)
                                     --prune    remove what the file does not name, in the sections that it has
  export                             Write the settings as YAML, without secrets.
  jobs list [--status S] [WHICH] [--limit N] [--cursor C]
                                     List jobs, newest first.
  jobs show ID                       Show a job, why each of its attempts failed, and what it had planned.
  jobs retry ID… | --dead [WHICH]    Try jobs again: dead ones, or at once those that wait for their time.
  jobs discard ID… | --dead WHICH    End jobs that wait or are dead without doing them. The journal tells of it.
  jobs pause [LANE]                  Let the jobs of a lane wait, such as idp:acme; without one, list the lanes that are paused.
  jobs resume LANE                   Let them go on.
  jobs drain [--timeout SECONDS]     Wait until no job waits or runs; Ctrl-C ends the waiting (exit code 2 if something is left).
                                     WHICH: --kind K, --idp NAME, --user ID, --login ID, --code REASON, --from TIME, --before TIME
                                     --json  for programs, with each of them
  keys rotate                        Publish new signing keys; they sign when every cache knows them.
  theme init DIR [--theme NAME]      Copy the built-in pages, styles and texts to DIR/NAME, to be changed there (NAME: foyer).
  theme preview [--theme NAME] [--port N]
                                     Serve every page with sample data on http://127.0.0.1:8090, from FOYER_THEME_DIR.
  help                               Show this.

The database is the one that the environment names (FOYER_DATABASE_URL, FOYER_DATA_DIR); a server may be running on it.
Exit codes: 0 done, 2 --dry-run found differences or something is left to do, 1 not valid or failed.
`;
