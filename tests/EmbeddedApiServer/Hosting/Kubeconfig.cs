// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>A kubeconfig file for the administrator.</summary>
internal static class Kubeconfig
{
    public static void Write(string path, Uri server, string authorityPem, string token)
    {
        string authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorityPem));
        string text = $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: embedded
              cluster:
                server: {server.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {authority}
            users:
            - name: admin
              user:
                token: {token}
            contexts:
            - name: embedded
              context:
                cluster: embedded
                user: admin
            current-context: embedded

            """;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(text));
    }
}
