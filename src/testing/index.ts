// The entry point iridium-node/testing: a cluster in memory, for the tests of host applications.
export {
  createTestCluster,
  type NodeName,
  TestCluster,
  type TestClusterOptions,
  type TestNodeOptions,
} from './cluster.js'
