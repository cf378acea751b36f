// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using KubeWgDiag.NodeProbe.Output.Redaction;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary><c>--redact</c> and <c>--redact-salt</c>.</summary>
internal sealed class RedactOptions
{
    private const int RandomSaltBytes = 32;

    private readonly Option<bool> _redact = new("--redact")
    {
        Description = "replace keys, addresses, MACs, names of nodes and pods, and comments by pseudonyms; the relations between them stay",
    };

    private readonly Option<string> _salt = new("--redact-salt")
    {
        Description = "secret that the pseudonyms depend on; give the same on every node so that both ends of a tunnel match [default: a new one each time]",
        HelpName = "text",
    };

    public RedactOptions() => _salt.Validators.Add(result =>
    {
        if (result.GetValue(_salt) is { Length: < 8 }) result.AddError("--redact-salt is too short: who guesses it can undo the pseudonyms; give at least 8 characters.");
    });

    public void AddTo(Command command)
    {
        command.Options.Add(_redact);
        command.Options.Add(_salt);
    }

    /// <summary>Null when nothing is to be redacted; a salt alone asks for it as well.</summary>
    public FactsRedactor? Redactor(ParseResult parsed)
    {
        var salt = parsed.GetValue(_salt);
        if (salt is null && !parsed.GetValue(_redact)) return null;
        return new FactsRedactor(salt is null ? RandomNumberGenerator.GetBytes(RandomSaltBytes) : SHA256.HashData(Encoding.UTF8.GetBytes(salt)));
    }
}
