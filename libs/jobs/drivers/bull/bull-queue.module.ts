import { Module, type DynamicModule } from '@nestjs/common';
import { BullModule } from '@nestjs/bull';
import { RedisConnections } from '@foyer/platform';
import { QueueConnections, queueName } from './queue-connections.js';

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
export class QueueConnectionsModule {}

/** Bull's queue, on the Redis of the cluster. */
export const bullQueue = (): DynamicModule =>
  BullModule.registerQueueAsync({
    name: queueName,
    imports: [QueueConnectionsModule],
    inject: [QueueConnections],
    useFactory: (connections: QueueConnections) => connections.options,
  });
