import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { adminScopes } from '@foyer/admin-access';
import type { Settings } from '@foyer/platform';
import { consoleClientId } from '@foyer/protocols';

/** What Swagger UI loads and does: its own files, inline styles, the API, and Foyer's token endpoint. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** `/api/v1/openapi.json`, and `/api/docs` to read and try it. The document is made when somebody asks, not at every start. */
export function putUpOpenApi(app: NestExpressApplication, settings: Settings): void {
  let made: OpenAPIObject | undefined;
  const document = (): OpenAPIObject => (made ??= describeApi(app, settings));
  app.use('/api/docs', (_request: Request, response: Response, next: () => void) => {
    response.setHeader('Content-Security-Policy', contentSecurityPolicy);
    next();
  });
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/v1/openapi.json',
    customSiteTitle: 'Foyer admin API',
    swaggerOptions: {
      oauth2RedirectUrl: `${settings.publicUrl}/api/docs/oauth2-redirect.html`,
      initOAuth: { clientId: consoleClientId, scopes: ['openid', 'admin'], usePkceWithAuthorizationCodeGrant: true },
    },
  });
}

function describeApi(app: NestExpressApplication, { publicUrl }: Settings): OpenAPIObject {
  const scopes = Object.fromEntries(adminScopes.map((scope) => [scope, scope === 'admin' ? 'Everything' : scope]));
  const tokenUrl = `${publicUrl}/oauth2/token`;
  const description = new DocumentBuilder()
    .setTitle('Foyer admin API')
    .setDescription('Errors are RFC 9457 problem details with a stable `code`. Lists page with `cursor`; changes need `If-Match`.')
    .setVersion('1')
    .addServer(publicUrl)
    .addOAuth2({
      type: 'oauth2',
      flows: {
        authorizationCode: { authorizationUrl: `${publicUrl}/oauth2/authorize`, tokenUrl, refreshUrl: tokenUrl, scopes },
        clientCredentials: { tokenUrl, scopes },
      },
    })
    .build();
  return SwaggerModule.createDocument(app, description);
}
