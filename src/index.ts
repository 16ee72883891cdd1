// The entry point iridium-node.
export * from './vm-entry.js'
