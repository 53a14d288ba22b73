import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@foyer/admin-access';
import {
  ApiListQuery,
  CLOCK,
  Database,
  FoyerError,
  listPage,
  mapPage,
  SHORT_LIVED_STATE,
  type Clock,
  type Page,
  type ShortLivedState,
} from '@foyer/platform';
import { LoginStore } from '../login-store.js';
import { LoginExplanations } from './login-explanations.js';
import { expired, LoginLog } from './login-log.js';
import { LoginDetailDto, LoginDto, LoginPageDto, runningLogin, toLoginDto } from './login.dto.js';
import { LoginRow } from './login-row.js';
import { loginsList } from './logins-list.js';

/** Logins, for administrators: those that ended as a list, and each by its id, also while it runs. */
@ApiTags('logins')
@RequireScope('logins:read')
@Controller('api/v1/logins')
export class LoginsController {
  private readonly running: LoginStore;

  constructor(
    private readonly database: Database,
    private readonly log: LoginLog,
    @Inject(SHORT_LIVED_STATE) state: ShortLivedState,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly explanations: LoginExplanations,
  ) {
    this.running = new LoginStore(state);
  }

  @Get()
  @ApiOperation({ summary: 'Lists logins that ended' })
  @ApiListQuery(loginsList)
  @ApiOkResponse({ type: LoginPageDto })
  async list(@Query() query: Record<string, unknown>): Promise<Page<LoginDto>> {
    await this.log.flush();
    return mapPage(await listPage(this.database.read, loginsList, query), toLoginDto);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Reads a login by the id that error pages show' })
  @ApiOkResponse({ type: LoginDetailDto })
  async read(@Param('id') id: string): Promise<LoginDetailDto> {
    const login = await this.find(id);
    return Object.assign(login, { explanation: await this.explanations.of(login) });
  }

  private async find(id: string): Promise<LoginDto> {
    await this.log.flush();
    const row = await this.database.read.findOneBy(LoginRow, { id });
    if (row) return toLoginDto(row);
    const stored = await this.running.find(id);
    if (!stored) throw new FoyerError('notFound', 'login.notFound', 'There is no login with this id.');
    return stored.login.expiresAt > this.clock.now() ? runningLogin(stored.login) : toLoginDto(expired(stored.login));
  }
}
