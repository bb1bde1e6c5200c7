using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Nines.Host.Networks;

/// <summary>
/// Work inside a network namespace. A thread belongs to one; it is moved, does its work and ends, so that no other work ever runs on
/// it. What it makes there (sockets) stays there.
/// </summary>
internal static class NetworkNamespace
{
    /// <summary>Does <paramref name="work"/> inside the namespace and waits for it; meant for work that does not block.</summary>
    /// <param name="path">The namespace, such as <c>/run/netns/…</c>.</param>
    /// <exception cref="Win32Exception">The namespace cannot be entered.</exception>
    public static T Run<T>(string path, Func<T> work)
    {
        var result = default(T)!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(path);
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true, Name = "namespace" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Sets kernel parameters inside the namespace, each a path below <c>/proc/sys/net</c> and a value.</summary>
    public static void SetParameters(string path, IReadOnlyList<(string Name, string Value)> parameters) => Run(path, () =>
    {
        foreach (var (name, value) in parameters)
        {
            File.WriteAllText($"/proc/sys/net/{name}", value);
        }

        return 0;
    });

    /// <summary>Whether the path is a namespace and not the empty file that an interrupted making or removal leaves.</summary>
    public static bool Exists(string path)
    {
        try
        {
            return File.Exists(path) && Run(path, () => true);
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static void Enter(string path)
    {
        using var handle = File.OpenHandle(path);
        if (NativeMethods.EnterNamespace((int)handle.DangerousGetHandle(), NativeMethods.NewNetwork) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"The namespace {path} cannot be entered");
        }
    }
}
