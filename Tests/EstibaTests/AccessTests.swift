import EstibaTesting
import Foundation
import Identity
import Problems
import Testing

@testable import estiba

struct AccessTests {
    @Test func `nobody may change anything unless it says so somewhere`() async throws {
        try await TemporaryDirectory.with { directory in
            let data = DataDirectory(directory.path)
            try data.prepare()
            let access = try Access.open(
                data, users: ["ada": .init(may: ["deploy"], slack: "U1"), "ben": .init(may: [])])

            func token(_ name: String) throws -> String {
                try String(contentsOfFile: "\(data.identity)/\(name).token", encoding: .utf8).trimmingCharacters(
                    in: .whitespacesAndNewlines)
            }
            #expect(access.user(token: try token("admin")) == "admin")
            #expect(access.user(token: try token("ada")) == "ada")
            #expect(access.user(token: try token("ada") + "0") == nil)
            #expect(access.user(token: "") == nil)
            #expect(access.user(slack: "U1") == "ada")
            #expect(access.user(slack: "U2") == nil)

            for operation in Access.Operation.allCases {
                #expect(access.may("admin", operation))
                #expect(access.may("ada", operation) == (operation == .deploy))
                #expect(!access.may("ben", operation))
                #expect(!access.may("mallory", operation))
                #expect(!access.may(nil, operation))
            }
            #expect(access.roles(of: "ada") == ["deploy"])
            #expect(access.roles(of: "admin").contains("ops"))
        }
    }

    @Test func `who is turned away learns why and what to do`() async throws {
        try await TemporaryDirectory.with { directory in
            let data = DataDirectory(directory.path)
            try data.prepare()
            let access = try Access.open(data, users: ["ada": .init(may: [])])
            let stranger = #expect(throws: AccessProblem.self) { try access.require(.deploy, of: nil) }
            #expect(stranger?.category == .unauthenticated)
            #expect(stranger?.remedy?.contains("estiba login") == true)
            let known = #expect(throws: AccessProblem.self) { try access.require(.rollback, of: "ada") }
            #expect(known?.category == .denied)
            #expect(known?.remedy?.contains("users.ada.may") == true)
        }
    }

    @Test func `a login code is good once and for a minute`() async {
        let desk = LoginDesk()
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let code = await desk.issue(for: "secret", now: now)
        #expect(await desk.redeem(code, now: now.addingTimeInterval(59)) == "secret")
        #expect(await desk.redeem(code, now: now.addingTimeInterval(59)) == nil)
        let late = await desk.issue(for: "secret", now: now)
        #expect(await desk.redeem(late, now: now.addingTimeInterval(61)) == nil)
        #expect(await desk.redeem("guess", now: now) == nil)
    }
}
