import Console
import Delivery
import Foundation

/// PortTrack as a console might find it.
enum Port {
    static let app = name("porttrack")
    static let now = Date(timeIntervalSince1970: 1_793_800_000)

    static func name(_ text: String) -> ResourceName {
        do { return try ResourceName(text) } catch { preconditionFailure("\(error)") }
    }

    static func before(_ seconds: Double, _ now: Date = now) -> Date { now.addingTimeInterval(-seconds) }

    static func revision(_ commit: String, _ subject: String, author: String = "Ana Prado", at: Date) -> Revision {
        Revision(
            app: app, commit: commit, ref: "refs/heads/main", authorName: author, authorEmail: "ana@port.example",
            subject: subject, committedAt: at)
    }

    static func release(_ number: Int, _ revision: Revision, run: Int, at: Date) -> Release {
        Release(
            id: ReleaseID(app: app, number: number), revision: revision, run: RunID(app: app, number: run),
            images: [
                "routes":
                    "127.0.0.1:5000/porttrack/routes@sha256:9f2c1f0d6f2b5f7e5c1b8e0d4b9f1a7c3e5d2f4a6b8c0d1e3f5a7b9c1d3e5f70",
                "ships":
                    "127.0.0.1:5000/porttrack/ships@sha256:1b8e0d4b9f1a7c3e5d2f4a6b8c0d1e3f5a7b9c1d3e5f709f2c1f0d6f2b5f7e5c",
            ],
            manifestsDigest: "sha256:4a6b8c0d1e3f5a7b9c1d3e5f709f2c1f0d6f2b5f7e5c1b8e0d4b9f1a7c3e5d2f", createdAt: at)
    }

    static func wave(_ base: Double, _ phase: Double) -> [Double] {
        (0..<40).map { index -> Double in
            let slow: Double = 0.25 * sin(Double(index) / 4 + phase)
            let fast: Double = 0.1 * sin(Double(index) * 1.7 + phase)
            return base * (1 + slow + fast)
        }
    }

    static let look = CanaryFacts(
        weight: 50, step: 2, steps: 2, canary: CountFacts(requests: 1284, errors: 1, p95: 5.1),
        stable: CountFacts(requests: 1301, errors: 0, p95: 4.6), observed: 14, verdict: .waiting,
        reasons: [
            "errors: canary 1 of 1284 (0.08 %), stable 0 of 1301 (0.00 %); still undecided between worse by 0.5 points and by 1 point",
            "latency: canary p95 5.1 ms, stable 4.6 ms; 12 of 20 needed for a verdict",
        ])

    static let firstLook = CanaryFacts(
        weight: 10, step: 1, steps: 2, canary: CountFacts(requests: 412, errors: 0, p95: 5.3),
        stable: CountFacts(requests: 3688, errors: 1, p95: 4.7), observed: 31, verdict: .pass,
        reasons: [
            "errors: canary 0 of 412 (0.00 %), stable 1 of 3688 (0.03 %); odds 24 to 1 that it is worse by less than 1 point, 20 pass it",
            "latency: canary no slower than stable by more than 10 %",
        ])

    /// A canary under way in prod, an approval in staging, an open incident.
    static func busy(now: Date = now, subject: String = "routes: arrival estimate from the last three legs")
        -> ScriptedFacts.World
    {
        var world = ScriptedFacts.World()
        let old = revision(
            "a81f20c9d1e3f5a7b9c1d3e5f709f2c1f0d6f2b5", "ships: reject IMO numbers with a wrong check digit",
            author: "Luis Ortega", at: before(90_000, now))
        let new = revision("3f2a9c1b8e0d4b9f1a7c3e5d2f4a6b8c0d1e3f5a", subject, at: before(260, now))
        let bad = revision(
            "77c0ffee8e0d4b9f1a7c3e5d2f4a6b8c0d1e3f5a", "ships: cache positions in memory", author: "Ana Prado",
            at: before(8000, now))
        let r41 = release(41, old, run: 40, at: before(86_000, now))
        let r42 = release(42, bad, run: 41, at: before(7900, now))
        let r43 = release(43, new, run: 43, at: before(200, now))

        func deployed(_ release: Release, since: Double) -> DeployedFacts {
            DeployedFacts(
                release: release.id, run: release.run, commit: release.revision.commit,
                subject: release.revision.subject,
                author: release.revision.authorName, since: before(since, now))
        }
        func track(
            _ release: Release, _ ready: Int, _ wanted: Int, rate: Double, errors: Double, p95: Double,
            trouble: String? = nil
        ) -> TrackFacts {
            TrackFacts(
                release: release.id, commit: release.revision.shortCommit, readyPods: ready, wantedPods: wanted,
                trouble: trouble,
                traffic: TrafficFacts(rate: rate, errorShare: errors, p95: p95, recentRates: wave(rate, p95)))
        }
        world.environments = [
            EnvironmentFacts(
                app: app, name: name("dev"), stable: deployed(r43, since: 195), previous: r42.id,
                services: [
                    ServiceFacts(name: "routes", stable: track(r43, 2, 2, rate: 0.4, errors: 0, p95: 3.1)),
                    ServiceFacts(
                        name: "ships",
                        stable: TrackFacts(
                            release: r43.id, commit: "3f2a9c1", readyPods: 2, wantedPods: 2,
                            traffic: TrafficFacts(rate: 0))),
                ]),
            EnvironmentFacts(
                app: app, name: name("staging"), stable: deployed(r41, since: 85_000), previous: nil,
                services: [
                    ServiceFacts(name: "routes", stable: track(r41, 1, 1, rate: 1.2, errors: 0.004, p95: 6.4)),
                    ServiceFacts(
                        name: "ships",
                        stable: track(r41, 0, 1, rate: 0.9, errors: 0.031, p95: 1240, trouble: "CrashLoopBackOff")),
                ],
                underWay: UnderWayFacts(
                    run: r43.run, release: r43.id, commit: "3f2a9c1", subject: new.subject, author: new.authorName,
                    phase: .approval, detail: "waits for one of ops", since: before(150, now), approvers: ["ops"])),
            EnvironmentFacts(
                app: app, name: name("prod"), stable: deployed(r41, since: 84_000),
                previous: ReleaseID(app: app, number: 40),
                services: [
                    ServiceFacts(
                        name: "routes", stable: track(r41, 3, 3, rate: 96.4, errors: 0.0002, p95: 4.6),
                        canary: track(r43, 2, 2, rate: 92.1, errors: 0.0008, p95: 5.1)),
                    ServiceFacts(name: "ships", stable: track(r41, 3, 3, rate: 1284, errors: 0, p95: 12.4)),
                ],
                underWay: UnderWayFacts(
                    run: r43.run, release: r43.id, commit: "3f2a9c1", subject: new.subject, author: new.authorName,
                    phase: .canary,
                    since: before(48, now), canary: look)),
        ]
        let running = RunSummary(
            id: r43.run, purpose: "delivery of 3f2a9c1 “\(subject)”", revision: new, actor: "ana",
            startedAt: before(250, now),
            endedAt: nil, standing: .running, summary: "canary 50 % in prod", release: r43.id)
        let came = RunSummary(
            id: r42.run, purpose: "delivery of 77c0ffe “ships: cache positions in memory”", revision: bad, actor: "ana",
            startedAt: before(7990, now), endedAt: before(7850, now), standing: .cameBack,
            summary:
                "came back from prod: errors: canary 41 of 204 (20.10 %), stable 0 of 1830 (0.00 %); odds over 1000000 to 1 that it is worse by more than 0.5 points, 20 fail it",
            release: r42.id)
        let good = RunSummary(
            id: r41.run, purpose: "delivery of a81f20c “ships: reject IMO numbers with a wrong check digit”",
            revision: old, actor: "luis",
            startedAt: before(86_100, now), endedAt: before(86_034, now), standing: .succeeded, summary: "succeeded",
            release: r41.id)
        let broken = RunSummary(
            id: RunID(app: app, number: 42), purpose: "delivery of 0badcab “routes: wip”",
            revision: revision(
                "0badcab88e0d4b9f1a7c3e5d2f4a6b8c0d1e3f5a", "routes: wip", author: "Luis Ortega", at: before(4100, now)),
            actor: "luis", startedAt: before(4000, now), endedAt: before(3981, now), standing: .failed,
            summary: "ci failed: job \"build\" failed: step \"test\" ended with exit code 1", release: nil)
        world.runs = [
            RunFacts(
                summary: running,
                stages: [
                    StageFacts(
                        name: "ci", status: .ok, detail: "build, 48 tests", startedAt: before(250, now),
                        endedAt: before(228.6, now)),
                    StageFacts(
                        name: "images", status: .ok, detail: "ships 14.2 MB  routes 14.0 MB",
                        startedAt: before(228.6, now), endedAt: before(225.5, now)),
                    StageFacts(
                        name: "dev", status: .ok, detail: "4 pods ready", startedAt: before(225, now),
                        endedAt: before(195, now)),
                    StageFacts(
                        name: "staging", status: .ok, detail: "approved by luis", startedAt: before(195, now),
                        endedAt: before(50, now)),
                    StageFacts(
                        name: "prod", status: .running, detail: "canary 50 %", startedAt: before(48, now), endedAt: nil),
                ],
                jobs: [
                    JobFacts(
                        workflow: "ci", key: "build", name: "build", status: .success, startedAt: before(250, now),
                        endedAt: before(228.6, now),
                        steps: [
                            StepFacts(name: "actions/checkout@v4", status: .success, seconds: 0.3),
                            StepFacts(name: "test", status: .success, seconds: 12.4),
                            StepFacts(name: "build", status: .success, seconds: 8.2),
                            StepFacts(name: "actions/upload-artifact@v4", status: .success, seconds: 0.5),
                        ]),
                    JobFacts(
                        workflow: "ci", key: "lint", name: "lint", status: .running, startedAt: before(20, now),
                        endedAt: nil),
                ],
                looks: [
                    CanaryLookFacts(environment: name("prod"), at: before(16, now), look: firstLook),
                    CanaryLookFacts(environment: name("prod"), at: before(1, now), look: look),
                ],
                environment: name("prod"), phase: .canary),
            RunFacts(
                summary: broken,
                stages: [
                    StageFacts(
                        name: "ci", status: .failed, detail: "step \"test\" ended with exit code 1",
                        startedAt: before(4000, now), endedAt: before(3981, now))
                ],
                jobs: [
                    JobFacts(
                        workflow: "ci", key: "build", name: "build", status: .failure, startedAt: before(4000, now),
                        endedAt: before(3981, now),
                        steps: [
                            StepFacts(name: "test", status: .failure, seconds: 18.2),
                            StepFacts(name: "build", status: .skipped, seconds: nil),
                        ],
                        problem: "step \"test\" ended with exit code 1")
                ],
                evidence: ["Test routesTests.ArrivalTests failed", "error: expected 3, got 2 (ArrivalTests.swift:41)"]),
            RunFacts(summary: came, evidence: ["errors: canary 41 of 204 (20.10 %), stable 0 of 1830 (0.00 %)"]),
            RunFacts(summary: good, leadTime: 66),
        ]
        world.releases = [
            ReleaseFacts(
                release: r43,
                places: [
                    PlaceFacts(environment: name("dev"), standing: .stable(since: before(195, now))),
                    PlaceFacts(environment: name("staging"), standing: .never),
                    PlaceFacts(environment: name("prod"), standing: .canary(weight: 50)),
                ]),
            ReleaseFacts(
                release: r42,
                places: [PlaceFacts(environment: name("dev"), standing: .earlier(since: before(7900, now)))]),
            ReleaseFacts(
                release: r41,
                places: [PlaceFacts(environment: name("prod"), standing: .stable(since: before(84_000, now)))]),
        ]
        world.incidents = [
            IncidentFacts(
                number: 7, title: "ships in staging restarts again and again", app: app, environment: name("staging"),
                service: "ships",
                release: r41.id, commit: "a81f20c", author: "Luis Ortega", subject: old.subject,
                evidence: [
                    "pod ships-6c9f8-x2v1p: ships waits (CrashLoopBackOff), restarts 6",
                    "log ships: fatal: database is locked",
                ],
                remedy: "rollback staging", openedAt: before(340, now)),
            IncidentFacts(
                number: 6, title: "porttrack-42 came back from prod: more errors than stable", app: app,
                environment: name("prod"), service: "ships",
                release: r42.id, commit: "77c0ffe", author: "Ana Prado", subject: bad.subject,
                evidence: ["errors: canary 41 of 204 (20.10 %), stable 0 of 1830 (0.00 %)"],
                remedy: "porttrack-41 serves again.",
                openedAt: before(7850, now), closedAt: before(7500, now)),
        ]
        world.messages = [
            MessageFacts(
                sequence: 101, at: before(7850, now), author: "estiba",
                text:
                    ":rotating_light: *porttrack-42 came back from prod*\nrelease `porttrack-42`, commit `77c0ffe` by Ana Prado: ships: cache positions in memory\n> errors: canary 41 of 204 (20.10 %), stable 0 of 1830 (0.00 %)\n_porttrack-41 serves again._"
            ),
            MessageFacts(sequence: 102, at: before(7700, now), author: "luis", text: "I look at it"),
            MessageFacts(sequence: 103, at: before(300, now), author: "ana", text: "despliegue prod"),
            MessageFacts(
                sequence: 104, at: before(299, now), author: "estiba",
                text: ":rocket: run `porttrack/43` delivers `3f2a9c1` as far as *prod*"),
            MessageFacts(sequence: 105, at: before(150, now), author: "luis", text: "approve staging"),
            MessageFacts(
                sequence: 106, at: before(149, now), author: "estiba",
                text: "approved:\n```\nstaging  porttrack-43\nprod     waits\n```"),
        ]
        func event(
            _ sequence: Int64, _ kind: DeliveryEvent.Kind, _ ago: Double, _ message: String, environment: String? = nil,
            actor: String = "estiba", release: Release? = r43
        ) -> DeliveryEvent {
            var event = DeliveryEvent(
                kind, at: before(ago, now), app: app, run: release?.run, release: release?.id,
                environment: environment.map(name),
                commit: release?.revision.shortCommit, actor: actor, message: message)
            event.sequence = sequence
            return event
        }
        world.events = [
            event(60, .rolledBack, 7850, "prod is back on porttrack-41", environment: "prod", release: r42),
            event(
                61, .incidentOpened, 7849, "porttrack-42 came back from prod: more errors than stable",
                environment: "prod", release: r42),
            event(70, .runStarted, 250, "delivery of 3f2a9c1 started by ana", actor: "ana"),
            event(71, .releaseCreated, 225, "porttrack-43 is made"),
            event(72, .deploySucceeded, 195, "4 pods ready", environment: "dev"),
            event(73, .approvalRequested, 190, "staging waits for one of ops", environment: "staging"),
            event(74, .approved, 149, "approved by luis", environment: "staging", actor: "luis"),
            event(75, .canaryStep, 47, "10 % of the traffic", environment: "prod"),
            event(76, .canaryVerdict, 16, firstLook.reasons[0], environment: "prod"),
            event(77, .canaryStep, 15, "50 % of the traffic", environment: "prod"),
        ]
        world.logs = [
            "ci/build": [
                LogLineFacts(at: before(250, now), kind: .step, text: "test"),
                LogLineFacts(at: before(249, now), kind: .command, text: "swift test"),
            ]
                + (1...60).map {
                    LogLineFacts(
                        at: before(240, now), kind: .output,
                        text: "\u{1B}[32m✔\u{1B}[0m Test \"leg \($0) has a distance\" passed after 0.00\($0) seconds.")
                }
                + [
                    LogLineFacts(at: before(230, now), kind: .warning, text: "the cache was cold"),
                    LogLineFacts(at: before(230, now), kind: .error, text: "nothing, really"),
                ],
            "ci/lint": [
                LogLineFacts(at: before(20, now), kind: .command, text: "swift format lint --strict -r Sources")
            ],
        ]
        return world
    }
}
