/// Where and how jobs are run.
package struct RunnerSettings: Sendable {
    /// Scratch folders of running jobs; emptied as they end.
    package var scratch: String
    /// Folders that stay between runs, one for each app: `$RUNNER_TOOL_CACHE`, `$HOME`, saved caches.
    package var caches: String
    /// How many jobs run at a time, over all runs.
    package var parallelJobs: Int
    /// The environment that every step starts from, `PATH` at least.
    package var environment: [String: String]
    /// The URL by which steps and people reach this Estiba.
    package var serverURL: String
    /// `cgroup.procs` files that every process of a job joins, so that production goes first.
    package var cgroups: [String]
    /// A job that names no `timeout-minutes` has this many.
    package var timeoutMinutes: Double

    package init(
        scratch: String, caches: String, parallelJobs: Int, environment: [String: String],
        serverURL: String = "http://localhost:8000", cgroups: [String] = [], timeoutMinutes: Double = 360
    ) {
        self.scratch = scratch
        self.caches = caches
        self.parallelJobs = max(1, parallelJobs)
        self.environment = environment
        self.serverURL = serverURL
        self.cgroups = cgroups
        self.timeoutMinutes = timeoutMinutes
    }

    /// What of this process's environment a step may see: how to find programs, languages, proxies; nothing that may be secret.
    package static func harmless(_ environment: [String: String]) -> [String: String] {
        let names: Set<String> = [
            "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "SHELL", "JAVA_HOME", "GOROOT", "PYENV_ROOT",
            "NVM_DIR",
            "SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY",
            "NO_PROXY",
            "ALL_PROXY", "LD_LIBRARY_PATH",
        ]
        return environment.filter { names.contains($0.key) || $0.key.hasPrefix("LC_") }
    }
}
