extension DataSection.SourceWord: DescribedWord {
  var about: String {
    switch self {
    case .bundled: "5,000 digits of MNIST that come with the package."
    case .idx: "A folder of IDX files with MNIST's names."
    case .csv: "A file of rows with commas between their numbers."
    case .tsv: "A file of rows with tabs between their numbers."
    case .npy: "A folder of NumPy arrays."
    case .npz: "An archive of NumPy arrays, such as Keras's mnist.npz."
    case .libsvm: "A file of label index:value …"
    case .png: "A folder with a folder of PNG files for each class."
    }
  }
}

extension DataSection.ValidationWord: DescribedWord {
  var about: String {
    switch self {
    case .none: "No validation."
    case .test: "The source's test part."
    }
  }
}

extension DataSection.Targets: DescribedWord {
  var about: String {
    switch self {
    case .classes: "The class number."
    case .oneHot: "One output a class, 1 for the label's and 0 for the others; also for several independent sigmoids."
    case .value: "The label itself as a real number."
    }
  }
}

extension MonitorMode: DescribedWord {
  var about: String {
    switch self {
    case .auto: "Less of a loss or an error, more of all else."
    case .min: "Less."
    case .max: "More."
    }
  }
}

extension ClassWeight.Word: DescribedWord {
  var about: String {
    switch self {
    case .balanced: "Every class as much as the others: rows / (classes · rows of the class)."
    }
  }
}

extension Balance: DescribedWord {
  var about: String {
    switch self {
    case .measured: "By the speed that is measured as training goes on; at first evenly."
    case .even: "Evenly."
    }
  }
}

extension Placement.Word: DescribedWord {
  var about: String {
    switch self {
    case .cores: "A worker a physical core, spread over packages, NUMA nodes and caches."
    case .compact: "A worker a physical core, filling one cache, then the next."
    case .threads: "As cores, then the second hardware thread of each core, and so on."
    case .none: "Nowhere: Linux decides."
    }
  }
}
