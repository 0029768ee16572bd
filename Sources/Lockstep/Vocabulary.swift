// The words of the three calls, so that `import Lockstep` is all a user writes.
import Datasets
import Failures
import NeuralNetwork
import RunConfig
import Training

public typealias Dense = RunConfig.Dense
public typealias Layer = RunConfig.Layer
public typealias Activation = RunConfig.Activation
public typealias Dropout = RunConfig.Dropout
public typealias GaussianNoise = RunConfig.GaussianNoise
public typealias BatchNormalization = RunConfig.BatchNormalization
public typealias LayerNormalization = RunConfig.LayerNormalization
public typealias ActivityRegularization = RunConfig.ActivityRegularization
public typealias Flatten = RunConfig.Flatten
public typealias Rescaling = RunConfig.Rescaling
public typealias Normalization = RunConfig.Normalization
public typealias Reshape = RunConfig.Reshape
public typealias RandomTranslation = RunConfig.RandomTranslation
public typealias RandomRotation = RunConfig.RandomRotation
public typealias RandomZoom = RunConfig.RandomZoom
public typealias RandomShear = RunConfig.RandomShear
public typealias RandomElasticTransform = RunConfig.RandomElasticTransform
public typealias RandomErasing = RunConfig.RandomErasing
public typealias FillMode = RunConfig.FillMode
public typealias Factor = RunConfig.Factor
public typealias Initializer = RunConfig.Initializer
public typealias Regularizer = RunConfig.Regularizer
public typealias Constraint = RunConfig.Constraint
public typealias Loss = RunConfig.Loss
public typealias Optimizer = RunConfig.Optimizer
public typealias Metric = RunConfig.Metric
public typealias Callback = RunConfig.Callback
public typealias MonitorMode = RunConfig.MonitorMode
public typealias ClassWeight = RunConfig.ClassWeight
public typealias WorkerCount = RunConfig.WorkerCount
public typealias Placement = RunConfig.Placement
public typealias Dataset = Datasets.Dataset
public typealias ExampleStore = Datasets.ExampleStore
public typealias EpochRecord = Training.EpochRecord
public typealias EpochDiagnostics = Training.EpochDiagnostics
public typealias Evaluation = Training.Evaluation
public typealias Examination = Training.Examination
public typealias ThresholdPolicy = Training.ThresholdPolicy
public typealias RangeTest = Training.RangeTest
public typealias Checkup = Training.Checkup
public typealias Finding = Training.Finding
public typealias GradientCheck = Training.GradientCheck
public typealias Explanation = Training.Explanation
public typealias FitObserver = Training.FitObserver
public typealias FitCallback = Training.FitCallback
public typealias BatchCallback = Training.BatchCallback
public typealias FitControl = Training.FitControl
public typealias Failure = Failures.Failure
