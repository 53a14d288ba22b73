import { FoyerError, type ConfigurableSection, type InputFault } from '@foyer/platform';

/** What is wrong with the settings of one object by itself. */
export function sectionFaults(section: Pick<ConfigurableSection, 'normalize'>, input: unknown): readonly InputFault[] {
  try {
    section.normalize(input, '');
    return [];
  } catch (error) {
    if (error instanceof FoyerError) return error.faults;
    throw error;
  }
}

/** The same, each as `path code`. */
export const sectionFaultLines = (section: Pick<ConfigurableSection, 'normalize'>, input: unknown): string[] =>
  sectionFaults(section, input).map(({ path, code }) => `${path} ${code}`);
