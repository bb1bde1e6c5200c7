using Nines.Control.Identity;

namespace Nines.Composition;

/// <summary>The root keys of a cloud as the command line reads them.</summary>
internal static class RootKeys
{
    /// <summary>Reads the keys of the cloud with this state, or says what is in the way.</summary>
    public static RootCredentials Read(CloudPaths state)
    {
        try
        {
            return CredentialsFile.Read(state.Path)
                ?? throw new UserException($"there is no cloud in {state.Path}: start one with 'nines up --detach{state.Option}', or name another's with --state DIR or NINES_STATE", ExitCode.Unavailable);
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserException($"the keys in {state.Path} belong to another user; start as that user or with sudo", ExitCode.NoPermission);
        }
    }
}
