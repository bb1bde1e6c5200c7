namespace Nines.Control.Admin;

/// <summary>The images are known.</summary>
internal sealed record RefreshImagesResult;
