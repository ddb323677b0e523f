/** Tables that say what kind of site this is; only read. */
import type { TableFacts } from '../schema-facts.js';

export const siteTables = {
  config: {
    access: ['select'],
    why: 'version, site identity, defaults',
    columns: {
      id: 'bigint auto_increment',
      name: 'varchar(255) not null',
      value: 'longtext not null',
    },
  },
  config_plugins: {
    access: ['select'],
    why: 'course and enrolment defaults, installed formats',
    columns: {
      id: 'bigint auto_increment',
      plugin: 'varchar(100) not null',
      name: 'varchar(100) not null',
      value: 'longtext not null',
    },
  },
  modules: {
    access: ['select'],
    why: 'number of the forum module',
    columns: {
      id: 'bigint auto_increment',
      name: 'varchar(20) not null',
    },
  },
  role: {
    access: ['select'],
    why: 'numbers of the roles',
    columns: {
      id: 'bigint auto_increment',
      shortname: 'varchar(100) not null',
      sortorder: 'bigint not null',
      archetype: 'varchar(30) not null',
    },
  },
  role_capabilities: {
    access: ['select'],
    why: 'who may be subscribed to a forum',
    columns: {
      id: 'bigint auto_increment',
      contextid: 'bigint not null',
      roleid: 'bigint not null',
      capability: 'varchar(255) not null',
      permission: 'bigint not null',
    },
  },
} as const satisfies Record<string, TableFacts>;
