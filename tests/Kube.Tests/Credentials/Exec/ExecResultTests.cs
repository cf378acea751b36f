// SPDX-License-Identifier: Apache-2.0

using System.Text;
using FsCheck.Xunit;
using KubeWgDiag.Kube.Credentials.Exec;

namespace KubeWgDiag.Kube.Tests.Credentials.Exec;

public sealed class ExecResultTests
{
    [Fact]
    public void TryRead_TokenAndExpiry_AreTaken()
    {
        ExecResult result = Read("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false},"status":{"token":"t","expirationTimestamp":"2026-11-22T12:00:00Z","later":1}}""", out _)!;

        (result.Token, result.Certificate, result.Expires).ShouldBe(("t", null, new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void TryRead_CertificateAndKeyWithoutToken_AreTaken()
    {
        ExecResult result = Read(Answer("""{"clientCertificateData":"c","clientKeyData":"k"}"""), out _)!;

        (result.Token, result.Certificate, result.Key, result.Expires).ShouldBe((null, "c", "k", null));
    }

    [Theory]
    [InlineData("", "cannot be read")]
    [InlineData("secret-token", "cannot be read")]
    [InlineData("null", "ExecCredential")]
    [InlineData("{}", "ExecCredential")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"secret"}}""", "apiVersion")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"Secret","status":{"token":"secret"}}""", "ExecCredential")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}""", "status")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}""", "status.token")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":""}}""", "status.token")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"secret\nX: 1"}}""", "status.token")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"secret"}}""", "clientKeyData")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t","clientKeyData":"secret"}}""", "clientCertificateData")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t","expirationTimestamp":"secret"}}""", "expirationTimestamp")]
    public void TryRead_WhatBreaksARule_IsRefusedWithAReasonThatQuotesNothing(string output, string named)
    {
        Read(output, out string? problem).ShouldBeNull();

        problem!.ShouldContain(named);
        problem!.ShouldNotContain("secret");
    }

    [Property(MaxTest = 1000)]
    public void TryRead_AnyByteChanged_NeverThrows(ushort position, byte value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Answer("""{"token":"t","clientCertificateData":"c","clientKeyData":"k","expirationTimestamp":"2026-11-22T12:00:00Z"}"""));
        bytes[position % bytes.Length] = value;

        bool isRead = ExecResult.TryRead(bytes, ExecConfig.V1, out string? problem) is not null;

        isRead.ShouldBe(problem is null);
    }

    private static string Answer(string status) => $$"""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{{status}}}""";

    private static ExecResult? Read(string output, out string? problem) => ExecResult.TryRead(Encoding.UTF8.GetBytes(output), ExecConfig.V1, out problem);
}
