extension KnownDataset {
  /// Every set whose checksums somebody publishes: TensorFlow Datasets (`url_checksums/*.txt`) those of MNIST, Fashion-MNIST, KMNIST and EMNIST, torchvision
  /// (`torchvision/prototype/datasets/_builtin`, `mnist.py` and `usps.py`) those of QMNIST and USPS, without lengths.
  public static let all = [mnist, fashionMNIST, kmnist, emnistDigits, qmnist, usps]

  private init(_ name: String, mirrors: [String], systemFolders: [String] = [], _ files: [(name: String, byteCount: Int, sha256: String)]) {
    self.init(
      name: name,
      files: files.map { file in
        FileDownload(name: file.name + "-ubyte.gz", byteCount: file.byteCount, sha256: file.sha256, mirrors: mirrors.map { "\($0)/\(file.name)-ubyte.gz" })
      }, systemFolders: systemFolders)
  }

  private static let mnist = KnownDataset(
    "mnist", mirrors: ["https://storage.googleapis.com/cvdf-datasets/mnist", "https://ossci-datasets.s3.amazonaws.com/mnist"],
    [
      ("train-images-idx3", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
      ("train-labels-idx1", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
      ("t10k-images-idx3", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
      ("t10k-labels-idx1", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ])

  /// Debian packs the files anew, in `dataset-fashion-mnist`.
  private static let fashionMNIST = KnownDataset(
    "fashion-mnist",
    mirrors: [
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com", "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
    ], systemFolders: ["/usr/share/datasets/fashion-mnist"],
    [
      ("train-images-idx3", 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
      ("train-labels-idx1", 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
      ("t10k-images-idx3", 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
      ("t10k-labels-idx1", 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ])

  private static let kmnist = KnownDataset(
    "kmnist", mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist"],
    [
      ("train-images-idx3", 18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
      ("train-labels-idx1", 29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
      ("t10k-images-idx3", 3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
      ("t10k-labels-idx1", 5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ])

  /// Its sets come in one archive.
  private static let emnistDigits = KnownDataset(
    name: "emnist-digits",
    files: [
      FileDownload(
        name: "gzip.zip", byteCount: 561_753_746, sha256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
        mirrors: ["https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip", "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip"])
    ], preparation: .emnistDigits)

  /// Under MNIST's names; the labels are integers, of which the first in each row is the class.
  private static let qmnist = KnownDataset(
    name: "qmnist",
    files: [
      ("train-images-idx3-ubyte.gz", "qmnist-train-images-idx3-ubyte.gz", "9e26a7bf1683614e065d7b76460ccd52807165b3f22561fb782bd9f38c52b51d"),
      ("train-labels-idx2-int.gz", "qmnist-train-labels-idx2-int.gz", "2c05dc77f6b916b38e455e97ab129a42a444f3dbef09b278a366f82904e0dd9f"),
      ("t10k-images-idx3-ubyte.gz", "qmnist-test-images-idx3-ubyte.gz", "43fc22bf7498b8fc98de98369d72f752d0deabc280a43a7bcc364ab19e57b375"),
      ("t10k-labels-idx2-int.gz", "qmnist-test-labels-idx2-int.gz", "9fbcbe594c3766fdf4f0b15c5165dc0d1e57ac604e01422608bb72c906030d06"),
    ].map { name, remote, sum in
      FileDownload(
        name: name, byteCount: nil, sha256: sum,
        mirrors: ["https://raw.githubusercontent.com/facebookresearch/qmnist/master", "https://github.com/facebookresearch/qmnist/raw/master"].map {
          "\($0)/\(remote)"
        })
    })

  private static let usps = KnownDataset(
    name: "usps",
    files: [
      ("usps.bz2", "3771e9dd6ba685185f89867b6e249233dd74652389f263963b3b741e994b034f"),
      ("usps.t.bz2", "a9c0164e797d60142a50604917f0baa604f326e9a689698763793fa5d12ffc4e"),
    ].map { name, sum in
      FileDownload(name: name, byteCount: nil, sha256: sum, mirrors: ["https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/\(name)"])
    }, preparation: .usps)
}
