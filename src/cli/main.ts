#!/usr/bin/env node
// The entry point of the command `iridium`.
import { command } from './command.js'
import { processShell } from './shell.js'

process.exitCode = await command(processShell(), process.argv.slice(2))
