// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Tests.Recordings;

/// <summary>The server's answers against those of a real one.</summary>
public sealed class RecordingTests(ReplaySession session) : IClassFixture<ReplaySession>
{
    public static TheoryData<string> Exchanges() => [.. Exchange.LoadAll().Select(exchange => exchange.Id)];

    [Theory]
    [MemberData(nameof(Exchanges))]
    public void Replay_RecordedRequest_AnswersAsRecorded(string exchange)
    {
        string[] unexplained =
        [
            .. session.Found[exchange].Where(difference =>
                !Deviations.All.Any(entry => entry.Exchange == exchange && difference.StartsWith(entry.PathPrefix, StringComparison.Ordinal))),
        ];

        unexplained.ShouldBeEmpty(string.Join('\n', unexplained));
    }

    [Fact]
    public void Deviations_EveryEntry_StillDiffers()
    {
        string[] outdated =
        [
            .. Deviations.All.Where(entry => !session.Found[entry.Exchange].Any(difference => difference.StartsWith(entry.PathPrefix, StringComparison.Ordinal)))
                .Select(entry => $"{entry.Exchange} {entry.PathPrefix}"),
        ];

        outdated.ShouldBeEmpty();
    }
}
