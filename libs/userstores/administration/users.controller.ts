import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller, RequireScope, type AdminCaller } from '@foyer/admin-access';
import { ApiListQuery, etagOf, IfMatch, mergePatchBody, type Page, type Precondition } from '@foyer/platform';
import { UserAdministration } from './user-administration.js';
import { CreateUserDto, UserDto, UserPageDto } from './user.dto.js';
import { UserOriginsDto } from './user-origins.dto.js';
import { usersList } from './users-list.js';
import { UsersReader } from './users-reader.js';

const path = 'api/v1/users';

/** Users of all stores, for administrators. */
@ApiTags('users')
@Controller(path)
export class UsersController {
  constructor(
    private readonly reader: UsersReader,
    private readonly administration: UserAdministration,
  ) {}

  @Get()
  @RequireScope('users:read')
  @ApiOperation({ summary: 'Lists users' })
  @ApiListQuery(usersList)
  @ApiOkResponse({ type: UserPageDto })
  list(@Query() query: Record<string, unknown>): Promise<Page<UserDto>> {
    return this.reader.page(query);
  }

  @Post()
  @RequireScope('users:write')
  @ApiOperation({ summary: 'Creates a user' })
  @ApiBody({ type: CreateUserDto })
  @ApiCreatedResponse({ type: UserDto })
  async create(@Body() body: unknown, @Caller() caller: AdminCaller, @Res({ passthrough: true }) response: Response): Promise<UserDto> {
    const id = await this.administration.create(caller, body);
    response.location(`/${path}/${id}`);
    return this.read(id, response);
  }

  @Get(':id')
  @RequireScope('users:read')
  @ApiOperation({ summary: 'Reads a user' })
  @ApiOkResponse({ type: UserDto })
  async read(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<UserDto> {
    const { dto, version } = await this.reader.read(id);
    response.header('ETag', etagOf({ id, version }));
    return dto;
  }

  @Get(':id/origins')
  @RequireScope('users:read')
  @ApiOperation({ summary: 'Says where each attribute, role and group of a user came from' })
  @ApiOkResponse({ type: UserOriginsDto })
  origins(@Param('id') id: string): Promise<UserOriginsDto> {
    return this.reader.origins(id);
  }

  @Patch(':id')
  @RequireScope('users:write')
  @ApiOperation({ summary: 'Changes a user; what an administrator writes is local from then on' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody(mergePatchBody)
  @ApiOkResponse({ type: UserDto })
  async change(
    @Param('id') id: string,
    @IfMatch() precondition: Precondition,
    @Body() patch: unknown,
    @Caller() caller: AdminCaller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UserDto> {
    await this.administration.change(caller, id, precondition, patch);
    return this.read(id, response);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('users:write')
  @ApiOperation({ summary: 'Deletes a user, and ends whatever they are logged in to' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiNoContentResponse()
  async remove(@Param('id') id: string, @IfMatch() precondition: Precondition, @Caller() caller: AdminCaller): Promise<void> {
    await this.administration.remove(caller, id, precondition);
  }
}
