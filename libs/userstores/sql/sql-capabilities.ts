import type { UserStoreCapabilities } from '../store.js';

/** What a store in SQL tables can do, as its settings say. */
export const sqlCapabilities = ({
  readOnly,
  passwordRequired,
}: Pick<UserStoreCapabilities, 'readOnly' | 'passwordRequired'>): Omit<UserStoreCapabilities, 'transactional'> => ({
  readOnly,
  create: !readOnly,
  passwords: true,
  passwordRequired,
  roles: true,
  groups: true,
});
