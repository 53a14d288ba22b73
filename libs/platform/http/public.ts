import { SetMetadata, type CustomDecorator } from '@nestjs/common';

const publicKey = 'foyer:public';

/** Says of a route, or of all routes of a controller, that everybody may call it. A route without this must be guarded. */
export const Public = (): CustomDecorator => SetMetadata(publicKey, true);
