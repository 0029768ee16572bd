extension TopologyVerb {
  private static let cpus: JSONForm = .list(.count("A CPU, as Linux numbers them."), "Its CPUs.")
  private static func maybe(_ words: String) -> JSONForm { .maybe(.count(words)) }

  static let jsonOutput: JSONOutput? = .object(
    .record(
      [
        .init("is_this_system", .flag("False for a machine that HWLOC_SYNTHETIC or HWLOC_XMLFILE describes.")),
        .init("described_by", .maybe(.text("By what, in that case."))),
        .init(
          "packages",
          .list(
            .record([.init("number", maybe("As the system numbers it.")), .init("model", .maybe(.text("The processor's name.")))], "A package."), "Sockets.")),
        .init(
          "numa_nodes",
          .list(
            .record([.init("number", maybe("As the system numbers it.")), .init("memory_bytes", maybe("Its memory.")), .init("cpus", cpus)], "A node."),
            "Parts of the memory.")),
        .init(
          "caches",
          .list(
            .record(
              [
                .init("name", .maybe(.text("hwloc's word, such as L2."))), .init("level", maybe("1 is the nearest.")), .init("size_bytes", maybe("Its size.")),
                .init("cpus", cpus),
              ], "A cache."), "Of data.")),
        .init(
          "cores",
          .list(
            .record(
              [
                .init("number", maybe("hwloc's logical number.")), .init("package", maybe("Where it is.")), .init("numa_node", maybe("Where it is.")),
                .init("last_level_cache", maybe("Which of the last caches it has.")), .init("kind", maybe("Cores of different speed differ.")),
                .init("cpus", cpus),
              ], "A core."), "Physical cores.")),
        .init("hardware_threads", maybe("CPUs that this process may use.")),
        .init("cpu_quota", .maybe(.number("CPUs that a cgroup allows; null for no limit."))),
        .init("instruction_set", .maybe(.word(["avx512", "avx2", "portable"], "Of the kernels."))), .init("placement", .maybe(.text("The rule."))),
        .init("is_oversubscribed", .flag("Whether workers share CPUs.")), .init("is_capped_by_quota", .flag("Whether the quota made them fewer.")),
        .init(
          "workers",
          .list(
            .record(
              [
                .init("worker", maybe("From 0.")), .init("cpu", maybe("Null for one that is not pinned.")), .init("core", maybe("Where.")),
                .init("package", maybe("Where.")), .init("numa_node", maybe("Where.")), .init("last_level_cache", maybe("Where.")),
              ], "A worker."), "Which goes where.")),
      ], "The machine, and which worker goes where."))
}

extension BenchVerb {
  private static let spread: [JSONForm.Key] = [
    .init("median", .number("Of all rounds.")), .init("minimum", .number("Of all rounds.")), .init("maximum", .number("Of all rounds.")),
  ]
  private static let instructionSet = JSONForm.Key("instruction_set", .word(["avx512", "avx2", "portable"], "Of the kernels."))
  private static let run: [JSONForm.Key] = [
    .init("name", .text("The config's.")), .init("batch_size", .count("Rows a step.")), .init("workers", .count("Threads.")),
    .init("placement", .text("The rule.")),
    instructionSet,
  ]
  private static let warnings = JSONForm.Key("warnings", .list(.text("A warning."), "What makes the figures doubtful."))
  private static let mpi = JSONForm.Key("mpi", .text("Its name and version."))
  private static func maybe(_ words: String) -> JSONForm { .maybe(.number(words)) }

  private static let cores: JSONForm = .record(
    [
      instructionSet, .init("free_share", .number("The share of its peak from which on a core counts as free.")),
      .init(
        "cores",
        .list(
          .record(
            [
              .init("worker", .count("From 0.")), .init("cpu", .maybe(.count("Null for one that is not pinned."))),
              .init("peak_gflops", .number("Billions of operations a second.")), .init("product_share", .number("Of the peak, in a product of matrices.")),
            ], "A core."), "Those of the workers.")),
    ], "bench cores.")

  private static let kernels: JSONForm = .record(
    [
      instructionSet, .init("peak_gflops", .number("Billions of operations a second.")),
      .init(
        "kernels",
        .list(
          .record(
            [
              .init("kernel", .text("Its name.")), .init("data", .maybe(.text("What it is given."))), .init("rows", .maybe(.count("Its size."))),
              .init("inputs", .maybe(.count("Its size."))), .init("units", .maybe(.count("Its size."))), .init("seconds", .number("The median of all calls.")),
              .init("minimum_seconds", .number("The shortest.")), .init("gflops", maybe("Billions of operations a second.")),
              .init("share_of_peak", maybe("Of the peak measured beside it.")), .init("core_was_free", .maybe(.flag("Whether nobody else used it."))),
              .init("elements_per_second", maybe("Where operations are not counted.")),
            ], "A line of the table; what a kernel has not is null."), "All of them.")),
    ], "bench kernels.")

  private static let step: JSONForm = .record(
    run + [
      .init("slices", .count("Of a batch.")), .init("steps", .count("That were measured.")), .init("step_seconds", .number("The median.")),
      .init("samples_per_second", .record(spread, "Without clocks.")), .init("metered_samples_per_second", .record(spread, "With a clock at each phase.")),
      .init(
        "phases",
        .list(
          .map(
            [.init("worker", .count("From 0.")), .init("slices", .count("Of a batch that it has.")), .init("microseconds", .number("Of a step in all."))],
            .number("Microseconds of a step in the phase of that name."), "A worker."), "Where the time goes.")),
      .init(
        "memory",
        .record(
          ["parameters", "weights", "transposed", "moments", "gradient", "activations", "sum"].map { .init($0, .count("Bytes.")) } + [
            .init("measured", .maybe(.integer("Private memory of the process, in bytes."))), .init("measured_growth", .maybe(.integer("By the steps."))),
          ], "Bytes.")),
      .init(
        "ranks",
        .record(
          [
            .init("rank", .count("Which of them all else is of.")), .init("count", .count("Processes that train together.")), mpi,
            .init("sent_bytes", .count("A step, by this one.")), .init("received_bytes", .count("A step, by this one.")),
          ], "Where an MPI launcher has started several."), isAlwaysThere: false),
      warnings,
    ], "bench step.")

  private static let scaling: JSONForm = .record(
    run + [
      .init("cores", .count("Physical ones.")), .init("rounds", .count("Over which the medians are.")),
      .init(
        "points",
        .list(
          .record(
            [
              .init("workers", .count("Threads.")), .init("is_oversubscribed", .flag("Whether they are more than cores.")),
              .init("samples_per_second", .record(spread, "Its speed.")), .init("speed_up", .record(spread, "By one worker in the same round.")),
              .init("efficiency", .number("The speed-up by the workers, or by the cores where these are fewer.")),
            ], "A number of workers."), "From 1 on.")),
      warnings,
    ], "bench scaling.")

  private static let scalingOfRanks: JSONForm = .record(
    run + [
      mpi, .init("blocks", .count("Of a batch: no more ranks have rows of it.")), .init("rounds", .count("Over which the medians are.")),
      .init(
        "points",
        .list(
          .record(
            [
              .init("ranks", .count("Processes, each with the workers that it has among all.")), .init("ranks_with_rows", .count("Of a whole batch.")),
              .init("samples_per_second", .record(spread, "Their speed.")), .init("speed_up", .record(spread, "By one rank in the same round.")),
              .init("efficiency", .number("The speed-up by the ranks.")), .init("step_seconds", .number("The median.")),
              .init("exchange_seconds", .number("A step, of the rank that waits least for others: what the exchange itself takes.")),
              .init("most_exchange_seconds", .number("A step, of the rank with most; what is more is waiting for slower ranks.")),
              .init("exchange_share", .number("Of a step's time, the exchange itself.")),
              .init("exchange_alone_seconds", .number("A step's exchange, with nothing computed beside it.")),
              .init("computing_seconds", .number("A step's computing, with nothing exchanged.")),
              .init(
                "overlap", .number("The share of the exchange alone by which a step is shorter than both one after the other; below 0 where it is longer.")),
              .init("sent_bytes", .count("A step, of the rank that sends most.")),
              .init("received_bytes", .count("A step, of the rank that receives most.")),
              .init("has_same_bits", .flag("Whether the weights after an epoch are those of one rank.")),
            ], "A number of ranks."), "From 1 on.")),
      warnings,
    ], "bench scaling, where an MPI launcher has started several processes.")

  static let jsonOutput: JSONOutput? = .object(.either([cores, kernels, step, scaling, scalingOfRanks]))
}
