/**
 * The import rules of the layout: `bin -> lib -> functions/*\/contract`; a subsystem's handlers use its own parts; rules
 * stay pure; the AWS SDK stays at the edges; nothing of the product knows the local runner.
 *
 * The parser cannot tell `import type` from `import`, so every rule holds for types too. That costs little (a type that
 * others need is exported from where they may look) and keeps a type from becoming a value import unnoticed.
 *
 * It reads no TSX either: that the dashboard takes types alone from here is a rule of its build, `dashboard/vite.config.ts`.
 */
const subsystem = '^functions/(?!runtime/)([^/]+)/';

module.exports = {
  forbidden: [
    {
      name: 'bin-imports-no-functions',
      severity: 'error',
      comment: 'The CDK app reads the configuration and builds the stack; all else is in lib/.',
      from: { path: '^bin/' },
      to: { path: '^functions/' },
    },
    {
      name: 'lib-imports-contracts-only',
      severity: 'error',
      comment:
        'Infrastructure shares names and schemas with the functions, never their code: it would run at synthesis, and its ' +
        'dependencies would have to load there.',
      from: { path: '^lib/' },
      to: {
        path: '^(bin|functions)/',
        pathNot: [
          '^functions/[^/]+/contract\\.ts$',
          '^functions/runtime/(problems|metric-names|http-headers)\\.ts$',
        ],
      },
    },
    {
      name: 'functions-import-only-the-tiers-of-lib',
      severity: 'error',
      comment:
        'A function that imports the stack would carry the CDK into Lambda. The tier table imports nothing.',
      from: { path: '^functions/' },
      to: { path: '^(bin|lib)/', pathNot: '^lib/tiers\\.ts$' },
    },
    {
      name: 'product-knows-neither-local-nor-test',
      severity: 'error',
      comment:
        'The laptop runs what the cloud runs: code that knew where it runs could behave differently there.',
      from: { path: '^(bin|lib|functions)/' },
      to: { path: '^(local|test|scripts|bench|dashboard)/' },
    },
    {
      name: 'local-imports-no-functions',
      severity: 'error',
      comment: 'The local runner runs the bundled assets of the template, never the sources of functions.',
      from: { path: '^local/' },
      to: { path: '^functions/' },
    },
    {
      name: 'local-imports-lib-late-and-by-one-door',
      severity: 'error',
      comment:
        'Only the synthesis needs lib/ (and the CDK, which takes a while to load): a dynamic import of lib/app.ts. What the ' +
        'runner knows of the stack otherwise comes from the template.',
      from: { path: '^local/' },
      to: { path: '^lib/', pathNot: '^lib/app\\.ts$' },
    },
    {
      name: 'local-imports-lib-late',
      severity: 'error',
      comment: 'See local-imports-lib-late-and-by-one-door.',
      from: { path: '^local/' },
      to: { path: '^lib/', dynamic: false },
    },
    {
      name: 'local-imports-no-tests',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(bin|test|scripts|bench)/' },
    },
    {
      name: 'subsystems-meet-at-their-doors',
      severity: 'error',
      comment: 'Across subsystems only what the other one exports for that purpose.',
      from: { path: subsystem },
      to: {
        path: '^functions/[^/]+/',
        pathNot: [
          '^functions/($1|runtime)/',
          '^functions/[^/]+/(index|contract|rules/index)\\.ts$',
          // See routes-are-for-the-description.
          '^functions/[^/]+/routes\\.ts$',
        ],
      },
    },
    {
      name: 'routes-are-for-the-description',
      severity: 'error',
      comment:
        "What a subsystem says of its routes is for the API's description alone: no other function shall carry it.",
      from: { path: '^functions/', pathNot: '^functions/openapi/' },
      to: { path: '^functions/[^/]+/routes\\.ts$' },
    },
    {
      name: 'runtime-knows-no-subsystem',
      severity: 'error',
      comment: 'What every Lambda shares cannot depend on one of them.',
      from: { path: '^functions/runtime/' },
      to: { path: subsystem },
    },
    {
      name: 'handlers-are-ends',
      severity: 'error',
      comment: 'A handler reads its environment when it is loaded, so only Lambda loads it.',
      from: { path: '^functions/' },
      to: { path: '^functions/[^/]+/handlers/' },
    },
    {
      name: 'rules-import-rules-only',
      severity: 'error',
      comment:
        "Rules are pure: own rules, the runtime's rules, other subsystems by rules/index.ts, and the names and shapes of " +
        'a contract.ts, which is as pure. The index.ts of a subsystem is no such place: it also exports stores.',
      from: { path: '^functions/([^/]+)/rules/' },
      to: {
        path: '^(functions|lib)/',
        pathNot: [
          '^functions/($1|runtime)/rules/',
          '^functions/[^/]+/rules/index\\.ts$',
          '^functions/[^/]+/contract\\.ts$',
        ],
      },
    },
    {
      name: 'rules-import-no-packages',
      severity: 'error',
      comment:
        'zod parses without I/O; @types/aws-lambda has no code at all, it describes what rules are handed.',
      from: { path: '^functions/[^/]+/rules/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/(zod|@types/aws-lambda)/' },
    },
    {
      name: 'rules-do-no-io',
      severity: 'error',
      comment: 'Hashing, random numbers and checksums are the only parts of Node that a rule may need.',
      from: { path: '^functions/[^/]+/rules/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|zlib)$' },
    },
    {
      name: 'aws-sdk-at-the-edges',
      severity: 'error',
      comment:
        'Stores and gateways call AWS; runtime/, handlers and compose.ts make the clients for them. Everything else can be ' +
        'read, and tested, without AWS.',
      from: {
        path: '^(bin|lib|functions|local)/',
        pathNot: [
          '^functions/[^/]+/(stores|gateways|handlers)/',
          '^functions/[^/]+/compose\\.ts$',
          '^functions/runtime/(clients|dynamodb|due-items)\\.ts$',
        ],
      },
      to: { path: 'node_modules/@(aws-sdk|smithy)/' },
    },
    {
      name: 'functions-import-no-dev-dependencies',
      severity: 'error',
      comment: 'What is bundled into a function is a dependency of the product. Types are no code.',
      from: { path: '^functions/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'packages-are-declared',
      severity: 'error',
      comment: 'A package that only another one brings along may be gone after the next update.',
      from: { path: '^(bin|lib|functions|local)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'imports-resolve',
      severity: 'error',
      comment: 'An import that is not found would pass every other rule.',
      from: { path: '^(bin|lib|functions|local)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'In a cycle nothing can be understood, or loaded, before the rest.',
      from: { path: '^(bin|lib|functions|local)/' },
      to: { circular: true },
    },
  ],
  options: {
    // TypeScript 7 has no API for the parser that would be the default.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
