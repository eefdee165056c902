export type { ClassRows, FeatureRows, NumberRows } from './rows.js';
export {
  fitLinear,
  linearAnswers,
  type LinearFit,
  type LinearOptions,
  type LinearSolved,
} from './linear/linear-regression.js';
export {
  bayesProbabilities,
  fitBayes,
  type BayesDistribution,
  type BayesFit,
  type BayesOptions,
} from './naive-bayes.js';
export {
  neighbourMeans,
  Neighbours,
  neighbourShares,
  type Metric,
  type NeighboursFit,
} from './neighbours/neighbours.js';
export type { Kernel } from './support-vectors/kernel.js';
export {
  fitKernelVectors,
  kernelDecisions,
  kernelVectorProbabilities,
  type KernelVectorsFit,
  type KernelVectorsOptions,
  type KernelVectorsResult,
} from './support-vectors/kernel-classifier.js';
export {
  fitLinearVectors,
  linearDecisions,
  linearVectorProbabilities,
  type LinearVectorsFit,
  type LinearVectorsOptions,
  type LinearVectorsResult,
} from './support-vectors/linear-classifier.js';
export { growTree, treeAnswers, type TreeFit, type TreeOptions, type TreeRows } from './tree/decision-tree.js';
export { centreDistances, fitKMeans, type KMeansFit, type KMeansOptions, type KMeansResult } from './k-means.js';
