import type { EntityManager } from 'typeorm';
import { everyRow } from '@foyer/platform';
import { toDto, type JournalEntryDto } from './journal-entry.dto.js';
import { journalList } from './journal-list.js';

/** What the journal tells of one person, oldest first. @param userIds what applications ever saw as their `sub` */
export async function* ownEntries(read: EntityManager, userIds: readonly string[]): AsyncGenerator<JournalEntryDto, void> {
  const own: typeof journalList = { ...journalList, only: (rows) => void rows.andWhere('row.userId IN (:...userIds)', { userIds }) };
  for await (const entry of everyRow(read, own, { sort: 'createdAt', limit: '100' })) yield toDto(entry);
}
