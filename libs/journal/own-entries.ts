import type { EntityManager } from 'typeorm';
import { everyRow } from '@foyer/platform';
import { toDto, type JournalEntryDto } from './journal-entry.dto.js';
import { journalList } from './journal-list.js';

/** What the journal tells of one person, oldest first. @param userId what applications see as their `sub` */
export async function* ownEntries(read: EntityManager, userId: string): AsyncGenerator<JournalEntryDto, void> {
  for await (const entry of everyRow(read, journalList, { userId, sort: 'createdAt', limit: '100' })) yield toDto(entry);
}
