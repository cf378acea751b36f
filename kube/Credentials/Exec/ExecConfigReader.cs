// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>Reads the <c>exec</c> section; what is wrong is a <see cref="FormatException"/> that names the field.</summary>
internal static class ExecConfigReader
{
    public static ExecConfig Read(YamlMapping body, string directory)
    {
        string apiVersion = body.Text("apiVersion") ?? throw new FormatException("exec.apiVersion is missing.");
        if (apiVersion is not (ExecConfig.V1 or ExecConfig.V1Beta1))
            throw new FormatException($"exec.apiVersion {apiVersion} is not supported; {ExecConfig.V1} and {ExecConfig.V1Beta1} are.");
        return new ExecConfig
        {
            ApiVersion = apiVersion,
            Command = Command(body.Text("command") ?? throw new FormatException("exec.command is missing."), directory),
            Arguments = body.Texts("args"),
            Environment = [.. body.Sequence("env").Select(Variable)],
            InteractiveMode = Mode(body.Text("interactiveMode"), apiVersion),
            ProvideClusterInfo = body.Flag("provideClusterInfo"),
            InstallHint = body.Text("installHint"),
        };
    }

    /// <summary>A path is relative to the file that it stands in, like every path there; a bare name is left for PATH.</summary>
    private static string Command(string command, string directory) =>
        command.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(Path.Combine(directory, command)) : command;

    private static (string Name, string Value) Variable(YamlMapping entry)
    {
        string name = entry.Text("name") ?? throw new FormatException("an entry of exec.env has no name.");
        if (name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal)) throw new FormatException("exec.env has a name that cannot be one.");
        return (name, entry.Text("value") ?? string.Empty);
    }

    private static ExecInteractiveMode Mode(string? word, string apiVersion) => word switch
    {
        "Never" => ExecInteractiveMode.Never,
        "IfAvailable" => ExecInteractiveMode.IfAvailable,
        "Always" => ExecInteractiveMode.Always,
        null when apiVersion == ExecConfig.V1Beta1 => ExecInteractiveMode.IfAvailable,
        null => throw new FormatException($"exec.interactiveMode is missing, {ExecConfig.V1} requires it."),
        _ => throw new FormatException("exec.interactiveMode is none of Never, IfAvailable, Always."),
    };
}
