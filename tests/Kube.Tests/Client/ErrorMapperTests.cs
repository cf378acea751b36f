// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class ErrorMapperTests
{
    public static TheoryData<string, string, KubeErrorKind> Recorded => new()
    {
        { "04-server-side-apply.json", "second manager conflicts", KubeErrorKind.Conflict },
        { "04-server-side-apply.json", "apply, invalid", KubeErrorKind.Invalid },
        { "04-server-side-apply.json", "apply with managedFields set", KubeErrorKind.BadRequest },
        { "04-server-side-apply.json", "status apply on a missing object", KubeErrorKind.NotFound },
        { "05-list.json", "resourceVersion in the future", KubeErrorKind.ResourceVersionTooLarge },
        { "06-watch.json", "sendInitialEvents without the match", KubeErrorKind.Invalid },
        { "06-watch.json", "watch, malformed version", KubeErrorKind.ServerError },
        { "07-delete.json", "delete with the wrong uid", KubeErrorKind.Conflict },
        { "10-auth.json", "bad token", KubeErrorKind.Unauthorized },
        { "10-auth.json", "forbidden subresource", KubeErrorKind.Forbidden },
    };

    [Theory]
    [MemberData(nameof(Recorded))]
    public void FromResponse_RecordedRefusal_HasItsKind(string file, string note, KubeErrorKind expected)
    {
        JsonNode response = Recording.Exchange(file, note)["response"]!;
        JsonNode body = response["body"] ?? response["frames"]![0]!;

        KubeError error = ErrorMapper.FromResponse((int)response["status"]!, Recording.Bytes(body), null);

        error.Kind.ShouldBe(expected);
        error.Status.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Gone")]
    [InlineData("Expired")]
    public void FromResponse_Both410Reasons_AreExpired(string reason) =>
        ErrorMapper.FromResponse(410, System.Text.Encoding.UTF8.GetBytes(Answers.Status(410, reason)), null).Kind.ShouldBe(KubeErrorKind.Expired);

    [Fact]
    public void FromResponse_AlreadyExists_IsNotConflict() =>
        ErrorMapper.FromResponse(409, System.Text.Encoding.UTF8.GetBytes(Answers.Status(409, "AlreadyExists")), null).Kind.ShouldBe(KubeErrorKind.AlreadyExists);

    [Fact]
    public void FromResponse_UnknownReason_FallsBackToTheCode() =>
        ErrorMapper.FromResponse(403, System.Text.Encoding.UTF8.GetBytes(Answers.Status(403, "Tomorrow")), null).Kind.ShouldBe(KubeErrorKind.Forbidden);

    [Theory]
    [InlineData("<html>bad gateway</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    public void FromResponse_NoStatus_IsDecidedByTheCodeAndDoesNotRepeatTheBody(string body)
    {
        KubeError error = ErrorMapper.FromResponse(502, System.Text.Encoding.UTF8.GetBytes(body), null);

        error.Kind.ShouldBe(KubeErrorKind.ServerError);
        error.Status.ShouldBeNull();
        error.Message.ShouldNotContain("html");
    }

    [Fact]
    public void FromStatus_RetryAfterInTheBody_IsKept() =>
        ErrorMapper.FromResponse(504, Recording.Bytes(Recording.Answer("05-list.json", "resourceVersion in the future")), null)
            .RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
}
