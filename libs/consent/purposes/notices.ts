import { encodeJson, isUniqueViolation, type Transaction } from '@foyer/platform';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { noticeKey } from './notice-key.js';
import { NoticeRow } from './notice.row.js';
import type { Notice } from './purpose.js';

/** Every notice that was ever in force, written with the settings: a receipt points at what its person read, whatever the purpose says now. */
@Injectable()
export class Notices {
  /** A notice that is there already stays as it is. */
  async keep(tx: Transaction, notice: Notice, now: number): Promise<void> {
    try {
      await tx.query('INSERT INTO consent_notices (id, purpose, version, content, created_at) VALUES (?, ?, ?, ?, ?)', [
        noticeKey(notice),
        notice.purpose,
        notice.version,
        encodeJson(notice),
        now,
      ]);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }

  /** By their keys. */
  async find(em: EntityManager, keys: readonly string[]): Promise<ReadonlyMap<string, Notice>> {
    if (keys.length === 0) return new Map();
    const rows = await em
      .createQueryBuilder(NoticeRow, 'notice')
      .where('notice.id IN (:...keys)', { keys: [...new Set(keys)] })
      .getMany();
    return new Map(rows.map(({ id, content }) => [id, content]));
  }
}
