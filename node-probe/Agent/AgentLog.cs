// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Text;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Lines with time and level on standard output, few enough to be read: one for each run, one for each change of the API server's state.</summary>
public sealed class AgentLog(TextWriter writer, TimeProvider time)
{
    /// <summary>Longest line; a message from elsewhere must not fill the node's disk.</summary>
    private const int MaxLength = 1024;

    private readonly Lock _gate = new();

    public void Info(string message) => Write("info", message);

    public void Warn(string message) => Write("warn", message);

    /// <summary>For the client and the informer.</summary>
    public void OfClient(KubeLogLevel level, string message, Exception? error)
    {
        var line = error is null ? message : $"{message}: {error.GetType().Name}: {error.Message}";
        if (level >= KubeLogLevel.Warning) Warn(line);
        else if (level == KubeLogLevel.Information) Info(line);
    }

    private void Write(string level, string message)
    {
        var at = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        lock (_gate)
        {
            writer.Write($"{at} {level} {PlainText.OneLine(message, MaxLength)}\n");
            writer.Flush();
        }
    }
}
