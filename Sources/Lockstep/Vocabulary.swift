// The words of the three calls, so that `import Lockstep` is all a user writes.
import Datasets
import Failures
import NeuralNetwork
import RunConfig
import Training

/// A fully connected layer.
public typealias Dense = RunConfig.Dense
/// Any layer of a stack.
public typealias Layer = RunConfig.Layer
/// What is applied to a layer's sums; also a layer of its own.
public typealias Activation = RunConfig.Activation
/// In training, sets a share of the numbers to 0.
public typealias Dropout = RunConfig.Dropout
/// In training, adds noise.
public typealias GaussianNoise = RunConfig.GaussianNoise
/// Standardises each unit over the batch.
public typealias BatchNormalization = RunConfig.BatchNormalization
/// Standardises each row over the units.
public typealias LayerNormalization = RunConfig.LayerNormalization
/// Adds a penalty for what comes through.
public typealias ActivityRegularization = RunConfig.ActivityRegularization
/// Does nothing: rows are flat here already.
public typealias Flatten = RunConfig.Flatten
/// x·scale + offset, of the inputs.
public typealias Rescaling = RunConfig.Rescaling
/// Standardises the inputs by the training data.
public typealias Normalization = RunConfig.Normalization
/// Says that inputs are images.
public typealias Reshape = RunConfig.Reshape
/// In training, moves images.
public typealias RandomTranslation = RunConfig.RandomTranslation
/// In training, turns images.
public typealias RandomRotation = RunConfig.RandomRotation
/// In training, resizes images.
public typealias RandomZoom = RunConfig.RandomZoom
/// In training, slants images.
public typealias RandomShear = RunConfig.RandomShear
/// In training, bends images.
public typealias RandomElasticTransform = RunConfig.RandomElasticTransform
/// In training, covers a part of images.
public typealias RandomErasing = RunConfig.RandomErasing
/// What stands for pixels beyond an image.
public typealias FillMode = RunConfig.FillMode
/// How far a random layer goes.
public typealias Factor = RunConfig.Factor
/// How weights start.
public typealias Initializer = RunConfig.Initializer
/// A penalty for large numbers.
public typealias Regularizer = RunConfig.Regularizer
/// What weights are put back to behind a step.
public typealias Constraint = RunConfig.Constraint
/// What training makes small.
public typealias Loss = RunConfig.Loss
/// How it does so.
public typealias Optimizer = RunConfig.Optimizer
/// What else is told of answers.
public typealias Metric = RunConfig.Metric
/// What a fit does between epochs.
public typealias Callback = RunConfig.Callback
/// Which values of a figure are better.
public typealias MonitorMode = RunConfig.MonitorMode
/// What rows count because of their class.
public typealias ClassWeight = RunConfig.ClassWeight
/// How many threads.
public typealias WorkerCount = RunConfig.WorkerCount
/// What they are bound to.
public typealias Placement = RunConfig.Placement
/// Rows with targets.
public typealias Dataset = Datasets.Dataset
/// Features of rows, in memory or in a mapped file.
public typealias ExampleStore = Datasets.ExampleStore
/// What is told of an epoch.
public typealias EpochRecord = Training.EpochRecord
/// What an epoch did to the layers.
public typealias EpochDiagnostics = Training.EpochDiagnostics
/// Loss and metrics of a data set.
public typealias Evaluation = Training.Evaluation
/// All there is to tell of the answers to a data set.
public typealias Examination = Training.Examination
/// Which threshold makes a yes of a probability.
public typealias ThresholdPolicy = Training.ThresholdPolicy
/// What came of growing learning rates.
public typealias RangeTest = Training.RangeTest
/// What a fit would train, and what would go wrong.
public typealias Checkup = Training.Checkup
/// One thing that would.
public typealias Finding = Training.Finding
/// Gradients against differences of the loss.
public typealias GradientCheck = Training.GradientCheck
/// One row through the network and back.
public typealias Explanation = Training.Explanation
/// Who hears how a fit goes on.
public typealias FitObserver = Training.FitObserver
/// A callback of one's own, between epochs.
public typealias FitCallback = Training.FitCallback
/// A callback of one's own, at every step, too.
public typealias BatchCallback = Training.BatchCallback
/// What a callback may ask and change.
public typealias FitControl = Training.FitControl
/// Whatever fails: what, where, and what was expected.
public typealias Failure = Failures.Failure
