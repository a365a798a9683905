import Linux
import Testing

extension Journeys {
    @Test(.timeLimit(.minutes(3)))
    func `a kustomization waits for approval, is verified in production, and comes back where that fails`() async throws
    {
        try await Journey.begin { user in
            let app = try await AppRepository(user)
            try await app.keepOutOfProduction()
            try await app.push()
            _ = try await user.progress("hello", 1) {
                $0.status == "waiting" && $0.detail == "waits for approval by ops"
            }
            let approved = try await user.estiba("approve", "prod")
            #expect(approved.status.isSuccess, "\(approved.text)\(approved.errorText)")
            #expect(try await user.end(of: "hello", 1).status == "ok")
            let gateway = "http://127.0.0.1:\(try user.server.endpoints().gateway)/cgi-bin/page"
            #expect(try await user.curl(gateway, host: "hello.localhost") == "version 1\n")
            let replicas = ["get", "deployment", "web", "-o", "jsonpath={.spec.replicas}", "-n"]
            #expect(try await user.kubectl(replicas + ["hello-dev"]) == "1")
            #expect(try await user.kubectl(replicas + ["hello-prod"]) == "2")

            #expect(try await user.estiba("freeze", "prod", "--reason", "stocktaking").status.isSuccess)
            try app.page("echo something else")
            try await app.commit("pages: something else")
            try await app.push()
            _ = try await user.progress("hello", 2) { $0.detail == "waits for approval by ops" }
            #expect(try await user.estiba("approve", "prod", "--detach").status.isSuccess)
            _ = try await user.progress("hello", 2) { $0.detail.contains("frozen by admin: stocktaking") }
            #expect(try await user.estiba("status").text.contains("frozen by admin: stocktaking"))
            try await user.crash()
            #expect(try await user.estiba("unfreeze", "prod").status.isSuccess)
            let end = try await user.end(of: "hello", 2)
            #expect(end.status == "failed" && end.detail.contains("the verification of prod failed"), "\(end)")
            let after = "http://127.0.0.1:\(try user.server.endpoints().gateway)/cgi-bin/page"
            #expect(try await user.curl(after, host: "hello.localhost") == "version 1\n")
            #expect(try await user.curl(after, host: "dev.hello.localhost") == "something else\n")
            let history = try await user.estiba("history", "--env", "prod").text
            for word in [
                "approval.given", "(api)", "environment.frozen", "gate.waits", "verify.passed", "verify.failed",
            ] {
                #expect(history.contains(word), "\(word) is not in the history")
            }
        }
    }
}

extension AppRepository {
    /// The manifests become a kustomization with an overlay for production, which has an approval and a verification.
    fileprivate func keepOutOfProduction() async throws {
        try FileSystem.makeDirectory(path + "/deploy/base")
        try await journey.git("mv", "deploy/app.yml", "deploy/base/app.yml", in: path)
        try write("deploy/base/kustomization.yaml", "resources: [app.yml]\n")
        try write("deploy/prod/kustomization.yaml", "resources: [../base]\nreplicas: [{ name: web, count: 2 }]\n")
        try write(
            "estiba.yml",
            """
            app: \(name)
            images:
              web: { artifacts: [parts] }
            deploy: deploy/base
            environments:
              dev: {}
              prod:
                overlay: deploy/prod
                approve: { by: [ops], lasts: 1h }
                verify: .github/workflows/look.yml

            """)
        try write(
            ".github/workflows/look.yml",
            """
            on: workflow_dispatch
            jobs:
              look:
                runs-on: ubuntu-latest
                steps:
                  - run: |
                      curl -sSf -H "Host: $ESTIBA_HOST" "$ESTIBA_GATEWAY/cgi-bin/page" | grep version

            """)
        try await commit("deploy: a kustomization")
    }
}
