import { Module } from '@nestjs/common';
import { BullModule, getQueueToken } from '@nestjs/bull';
import { RedisConnections } from '@foyer/platform';
import { JOB_QUEUE, QueueConnections, queueName } from './queue-connections.js';

/** How Bull reaches Redis. */
@Module({
  providers: [
    {
      provide: QueueConnections,
      inject: [RedisConnections],
      useFactory: (redis: RedisConnections) => new QueueConnections(redis),
    },
  ],
  exports: [QueueConnections],
})
class QueueConnectionsModule {}

/** Bull's queue, on the Redis of the cluster. Imported when there is one: a server alone does without loading Bull. */
@Module({
  imports: [
    QueueConnectionsModule,
    BullModule.registerQueueAsync({
      name: queueName,
      imports: [QueueConnectionsModule],
      inject: [QueueConnections],
      useFactory: (connections: QueueConnections) => connections.options,
    }),
  ],
  providers: [{ provide: JOB_QUEUE, useExisting: getQueueToken(queueName) }],
  exports: [JOB_QUEUE, QueueConnectionsModule],
})
export class BullQueueModule {}
